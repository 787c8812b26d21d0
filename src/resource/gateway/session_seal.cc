#include "resource/gateway/session_seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/reused_buffer.h"

namespace sluice::resource {
namespace {

using Associated = fmt::basic_memory_buffer<char, 256>;

/// A caller's key has one length, so that no two pairs give one text.
Associated associated(std::string_view path, const CallerKey& caller) {
    Associated text;
    text.append(caller.text());
    text.append(path);
    return text;
}

bool is_session_id(std::string_view id) {
    return !id.empty() && id.size() <= SessionSeal::id_bytes_max &&
           std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

SessionSeal::SessionSeal(const Secret& secret)
    : key_(crypto::SealKey::derive(secret.reveal(), "mcp session ids")) {}

std::optional<std::string> SessionSeal::seal(std::string_view id, std::string_view path,
                                             const CallerKey& caller, Random& random) const {
    if (!is_session_id(id)) return std::nullopt;
    const Associated with = associated(path, caller);
    return crypto::seal(key_, id, {with.data(), with.size()}, random);
}

bool SessionSeal::open(std::string_view sealed, std::string_view path, const CallerKey& caller,
                       std::string& id) const {
    if (sealed.size() > sealed_bytes_max) return false;
    const Associated with = associated(path, caller);
    return crypto::open_sealed(key_, sealed, {with.data(), with.size()}, id);
}

}  // namespace sluice::resource
