// Key of the word that a tool leaves for the server: by time, so that what is new is at the end.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::storage::sqlite {

inline std::string word_key(std::int64_t now_ms, std::string_view tag) {
    return fmt::format("{:016x} {}", now_ms, tag);
}

/// In front of every word that is at most `ms` older than `key` says.
inline std::string word_before(std::string_view key, std::int64_t ms) {
    std::int64_t at = 0;
    std::from_chars(key.data(), key.data() + std::min<std::size_t>(key.size(), 16), at, 16);
    return word_key(std::max<std::int64_t>(at - ms, 0), "");
}

}  // namespace sluice::storage::sqlite
