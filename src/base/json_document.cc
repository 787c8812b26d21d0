#include <simdjson.h>

#include <bit>
#include <string>

#include "base/check.h"
#include "base/json.h"
#include "base/json_index.h"
#include "base/json_keys.h"
#include "base/json_parsed.h"

namespace sluice {
namespace {

using json_detail::Parsed;

constexpr std::size_t kept_documents_max = 8;     // of a thread
constexpr std::size_t kept_text_max = 16 * 1024;  // bytes; its tokens need eight times that
constexpr std::size_t least_text_capacity = 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Of every object in the text.
bool keys_are_unique(Parsed& parsed) {
    for (std::uint32_t at = 1; at <= parsed.count; ++at) {
        if (parsed.byte(at) != '{') continue;
        parsed.keys.clear();
        const std::uint32_t close = parsed.tokens[at].close;
        for (std::uint32_t key = at + 1; key != close; key = parsed.behind(key + 1)) {
            parsed.keys.push_back(parsed.key(key));
        }
        if (!are_distinct(parsed.keys)) return false;
    }
    return true;
}

}  // namespace

std::vector<std::unique_ptr<Parsed>>& JsonDocument::kept() {
    thread_local std::vector<std::unique_ptr<Parsed>> documents;
    return documents;
}

JsonDocument::ParsedPtr JsonDocument::take_parsed(std::size_t text_size) {
    ParsedPtr parsed;
    if (kept().empty()) {
        parsed.reset(new Parsed);
    } else {
        parsed.reset(kept().back().release());
        kept().pop_back();
    }
    CHECK(parsed != nullptr, "a document is kept by its owner alone");
    // A new one has room for nothing, which an empty text does not fit into either.
    if (parsed->tokens == nullptr || parsed->capacity < text_size) {
        parsed->capacity = text_size > kept_text_max
                               ? text_size
                               : std::max(std::bit_ceil(text_size), least_text_capacity);
        parsed->tokens.reset();
        parsed->tokens =
            std::make_unique_for_overwrite<JsonToken[]>(json_tokens_max(parsed->capacity));
    }
    CHECK(parsed->tokens != nullptr, "every text has tokens");
    return parsed;
}

void JsonDocument::Recycle::operator()(Parsed* parsed) const {
    std::unique_ptr<Parsed> owned(parsed);
    if (parsed->capacity > kept_text_max || kept().size() == kept_documents_max) return;
    if (parsed->unescaped.size() > 1) parsed->unescaped.clear();
    if (!parsed->unescaped.empty()) parsed->unescaped.front().clear();
    kept().push_back(std::move(owned));
}

JsonDocument::JsonDocument(ParsedPtr parsed) : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

std::expected<JsonDocument, JsonError> JsonDocument::index(ParsedPtr parsed,
                                                           std::string_view text) {
    constexpr JsonError malformed{"the text is not valid JSON"};
    parsed->text = text;
    if (text.starts_with(byte_order_mark)) parsed->text.remove_prefix(byte_order_mark.size());
    if (!simdjson::validate_utf8(text)) return std::unexpected(malformed);
    const std::span<JsonToken> tokens(parsed->tokens.get(), json_tokens_max(parsed->capacity));
    switch (index_json(parsed->text, tokens, parsed->count)) {
        case JsonFault::none:
            return JsonDocument(std::move(parsed));
        case JsonFault::too_deep:
            return std::unexpected(JsonError{"the JSON text is nested too deeply"});
        case JsonFault::malformed:
            break;
    }
    return std::unexpected(malformed);
}

std::expected<JsonDocument, JsonError> JsonDocument::parse(std::string_view text) {
    ParsedPtr parsed = take_parsed(text.size());
    parsed->owned = text;
    const std::string_view owned = parsed->owned;
    auto document = index(std::move(parsed), owned);
    if (document && !keys_are_unique(*document->parsed_)) {
        return std::unexpected(JsonError{"a JSON object has a duplicate key"});
    }
    return document;
}

std::expected<JsonDocument, JsonError> JsonDocument::parse_carried(std::string_view text) {
    return index(take_parsed(text.size()), text);
}

JsonValue JsonDocument::root() const {
    CHECK(parsed_ != nullptr, "the document was moved from");
    return {parsed_.get(), 1};
}

bool is_json_shaped(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return check_json(text) == JsonFault::none;
}

}  // namespace sluice
