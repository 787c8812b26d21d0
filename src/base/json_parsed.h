// What a JsonDocument keeps: the text, where its values stand, what was unescaped of it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/json_index.h"
#include "base/json_text.h"

namespace sluice {
namespace json_detail {

struct Parsed {
    std::string owned;  // of a document that keeps its text
    std::string_view text;
    std::unique_ptr<JsonToken[]> tokens;
    std::size_t capacity = 0;            // bytes of text that the tokens suffice for
    std::size_t count = 0;               // of tokens, from place 1 on
    std::vector<std::string_view> keys;  // of one object, while they are compared
    // What values gave out; each piece has room enough from the start and never moves.
    mutable std::vector<std::string> unescaped;

    char byte(std::uint32_t at) const { return text[tokens[at].start]; }
    bool is_container(std::uint32_t at) const { return byte(at) == '{' || byte(at) == '['; }
    std::uint32_t behind(std::uint32_t value) const {
        return is_container(value) ? tokens[value].close + 1 : value + 1;
    }

    /// Of a text or key: what stands between its quotes. Up to the next token there may only be
    /// white space, a comma, a colon.
    std::string_view between_quotes(std::uint32_t at) const {
        const char* const start = text.data() + tokens[at].start + 1;
        const char* const next = text.data() + tokens[at + 1].start;
        const auto* const end =
            static_cast<const char*>(memrchr(start, '"', static_cast<std::size_t>(next - start)));
        CHECK(end != nullptr, "a text is closed");
        return {start, static_cast<std::size_t>(end - start)};
    }
    /// `escaped` as it is meant; nothing where half of a surrogate pair stands in it, and halves
    /// are not replaced.
    std::optional<std::string_view> unescape(std::string_view escaped, bool replaces) const {
        if (!escaped.contains('\\')) return escaped;
        std::string& piece = piece_for(escaped.size());
        const std::size_t before = piece.size();
        if (!append_unescaped(piece, escaped) && !replaces) return std::nullopt;
        return std::string_view(piece).substr(before);
    }
    /// What has been unescaped is never longer than it was.
    std::string& piece_for(std::size_t size) const {
        if (!unescaped.empty()) {
            std::string& last = unescaped.back();
            if (last.capacity() - last.size() >= size) return last;
        }
        const std::size_t room = unescaped.empty() ? piece_least : 2 * unescaped.back().capacity();
        unescaped.emplace_back().reserve(std::max(room, size));
        return unescaped.back();
    }
    std::string_view key(std::uint32_t at) const {
        const std::string_view rest = text.substr(tokens[at].start + 1);
        for (std::size_t i = 0; i < key_few && rest[i] != '\\'; ++i) {
            if (rest[i] == '"') return rest.substr(0, i);
        }
        return *unescape(between_quotes(at), true);
    }

    static constexpr std::size_t piece_least = 1024;
    static constexpr std::size_t key_few = 16;  // bytes that are looked at one by one
};

}  // namespace json_detail

}  // namespace sluice
