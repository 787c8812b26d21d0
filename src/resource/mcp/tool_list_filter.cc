#include "resource/mcp/tool_list_filter.h"

#include "base/check.h"
#include "resource/mcp/raw_json.h"

namespace sluice::resource {
namespace {

/// Copies a text and replaces parts of it on the way, from front to back.
class Splicer {
public:
    Splicer(std::string_view text, std::string& out) : rest_(text), out_(out) {}

    /// `part` is a view into the text, behind all that were replaced before.
    std::string& replace(std::string_view part) {
        CHECK(part.data() >= rest_.data() &&
              part.data() + part.size() <= rest_.data() + rest_.size());
        const auto ahead = static_cast<std::size_t>(part.data() - rest_.data());
        out_ += rest_.substr(0, ahead);
        rest_.remove_prefix(ahead + part.size());
        return out_;
    }
    void finish() { out_ += rest_; }

private:
    std::string_view rest_;
    std::string& out_;
};

void filter_array(const JsonValue& tools, std::string_view text, const ShowsTool& shows,
                  Splicer& splicer, FilteredTools& counts) {
    const auto elements = tools.elements();
    const auto texts = split_raw_json(text);
    CHECK(texts.size() == elements.size(), "both readers see the same tools");
    std::string& out = splicer.replace(text);
    out += '[';
    bool first = true;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        ++counts.before;
        const auto name = elements[i].find_string("name");
        if (!name || !shows(*name)) continue;
        ++counts.after;
        if (!first) out += ',';
        first = false;
        out += texts[i];
    }
    out += ']';
}

void filter_result(const JsonValue& result, std::string_view text, const ShowsTool& shows,
                   Splicer& splicer, FilteredTools& counts) {
    const auto tools = result.find("tools");
    if (!tools || !tools->is_array()) return;
    const auto members = result.members();
    const auto texts = split_raw_json(text);
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].key == "tools") {
            filter_array(members[i].value, texts[i], shows, splicer, counts);
        } else if (members[i].key == "cacheScope") {
            splicer.replace(texts[i]) += "\"private\"";
        }
    }
}

void filter_message(const JsonValue& message, std::string_view text, const ShowsTool& shows,
                    Splicer& splicer, FilteredTools& counts) {
    if (!message.is_object()) return;
    const auto members = message.members();
    const auto texts = split_raw_json(text);
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].key == "result" && members[i].value.is_object()) {
            filter_result(members[i].value, texts[i], shows, splicer, counts);
        }
    }
}

}  // namespace

std::expected<FilteredTools, JsonError> filter_tool_lists(std::string_view json,
                                                          const ShowsTool& shows,
                                                          std::string& out) {
    // RFC 8259 §8.1: a byte order mark may be ignored, and the reader skips it.
    if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
    const auto document = JsonDocument::parse(json);
    if (!document) return std::unexpected(document.error());
    FilteredTools counts;
    Splicer splicer(json, out);
    const JsonValue root = document->root();
    if (root.is_array()) {
        const auto elements = root.elements();
        const auto texts = split_raw_json(json);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            filter_message(elements[i], texts[i], shows, splicer, counts);
        }
    } else {
        filter_message(root, json, shows, splicer, counts);
    }
    splicer.finish();
    return counts;
}

}  // namespace sluice::resource
