#include "resource/gateway/task_tags.h"

#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "crypto/seal.h"

namespace sluice::resource {
namespace {

constexpr std::size_t tag_bytes = 16;

}  // namespace

std::string TaskTags::tag_of(std::string_view id, std::string_view path,
                             const CallerKey& caller) const {
    // A pseudo-random function of all of them: a caller's key has one length, a path no NUL.
    std::string purpose = "mcp task ids";
    purpose.append(caller.text()).append(path).append(1, '\0').append(id);
    const auto bytes = crypto::SealKey::derive(secret_.reveal(), purpose);
    return crypto::base64url(bytes.reveal().substr(0, tag_bytes));
}

std::string TaskTags::tagged(std::string_view id, std::string_view path,
                             const CallerKey& caller) const {
    return std::string(id).append(1, '.').append(tag_of(id, path, caller));
}

std::optional<std::string_view> TaskTags::untagged(std::string_view tagged, std::string_view path,
                                                   const CallerKey& caller) const {
    const std::size_t dot = tagged.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view id = tagged.substr(0, dot);
    if (!crypto::constant_time_equal(tagged.substr(dot + 1), tag_of(id, path, caller))) {
        return std::nullopt;
    }
    return id;
}

}  // namespace sluice::resource
