#include "oauth/scope_field.h"

namespace sluice::oauth {
namespace {

std::optional<std::string> joined(const JsonValue& array) {
    std::string names;
    for (const JsonValue& element : array.elements()) {
        const auto name = element.string();
        if (!name) return std::nullopt;
        if (!names.empty()) names += ' ';
        names += *name;
    }
    return names;
}

/// The array of texts that `text` spells, joined; otherwise the text itself.
std::string unwrapped(std::string_view text) {
    if (text.starts_with('[')) {
        const auto document = JsonDocument::parse(text);
        if (document && document->root().is_array()) {
            if (auto names = joined(document->root())) return *std::move(names);
        }
    }
    return std::string(text);
}

}  // namespace

std::optional<std::string> parse_scope_field(const std::optional<JsonValue>& field,
                                             std::string_view default_scope) {
    if (!field || field->is_null()) return std::string(default_scope);
    const auto text = field->string();
    if (text && !text->empty()) return unwrapped(*text);
    if (!text && !field->is_array()) return std::nullopt;
    auto names = text ? std::string() : joined(*field);
    if (names && names->empty()) return std::string(default_scope);
    return names;
}

}  // namespace sluice::oauth
