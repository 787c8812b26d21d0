#include "resource/decision/caller_key.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace sluice::resource {

CallerKey CallerKey::of(std::string_view issuer, std::string_view client_id,
                        std::string_view subject) {
    // Lengths ahead of the texts, so that no two callers give one key.
    fmt::basic_memory_buffer<char, 512> text;
    for (const std::string_view part : {issuer, client_id}) {
        const std::uint64_t size = part.size();
        const char* const bytes = reinterpret_cast<const char*>(&size);
        text.append(bytes, bytes + sizeof size);
        text.append(part);
    }
    text.append(subject);
    return CallerKey(crypto::sha256({text.data(), text.size()}));
}

std::optional<CallerKey> CallerKey::from_text(std::string_view text) {
    crypto::Digest digest;
    if (text.size() != digest.size()) return std::nullopt;
    std::memcpy(digest.data(), text.data(), digest.size());
    return CallerKey(digest);
}

unsigned CallerKey::owner(unsigned shard_count) const {
    CHECK(shard_count > 0);
    return static_cast<unsigned>(crypto::DigestHash{}(digest_) % shard_count);
}

}  // namespace sluice::resource
