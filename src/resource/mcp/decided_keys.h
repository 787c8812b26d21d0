// Keys of JSON objects that something is decided on: which members are looked at, and which of them
// make a message unfit to decide on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::resource {

/// A letter beyond ASCII that some reader takes for one of ASCII when it ignores case: LATIN SMALL
/// LETTER LONG S, KELVIN SIGN, I WITH DOT ABOVE, DOTLESS I.
struct KeyFold {
    std::string_view bytes;
    char letter;
};
inline constexpr std::array<KeyFold, 4> key_folds = {
    {{"\xc5\xbf", 's'}, {"\xe2\x84\xaa", 'k'}, {"\xc4\xb0", 'i'}, {"\xc4\xb1", 'i'}}};

/// A few keys of one kind of object.
class DecidedKeys {
public:
    /// names  In lower case where others may pose as them. They must outlive it.
    explicit constexpr DecidedKeys(std::span<const std::string_view> names) : names_(names) {
        size_least_.fill(never);
        for (const std::string_view name : names) add(name);
    }

    /// For JsonValue::for_some_members(): whether a key may match() one of them.
    bool operator()(char first, std::size_t size_max) const {
        return size_max >= size_least_[static_cast<unsigned char>(first)];
    }

    struct Match {
        std::size_t place;  // among the names
        bool poses;         // a server that ignores case, as some do, would read it as that name
    };
    std::optional<Match> match(std::string_view key) const;

private:
    static constexpr std::uint8_t never = 0xff;

    constexpr void add(std::string_view name) {
        const char first = name.front();
        const auto size = static_cast<std::uint8_t>(name.size());
        lower(first, size);
        lower('\\', size);
        if (first >= 'a' && first <= 'z') lower(static_cast<char>(first - 'a' + 'A'), size);
        for (const KeyFold& fold : key_folds) {
            if (fold.letter == first) lower(fold.bytes.front(), size);
        }
    }
    constexpr void lower(char first, std::uint8_t size) {
        std::uint8_t& least = size_least_[static_cast<unsigned char>(first)];
        least = std::min(least, size);
    }

    std::span<const std::string_view> names_;
    std::array<std::uint8_t, 256> size_least_{};  // by a key's first byte
};

}  // namespace sluice::resource
