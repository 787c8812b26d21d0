#include "resource/mcp/tool_list_filter.h"

#include <array>
#include <optional>

#include "base/check.h"
#include "resource/mcp/decided_keys.h"

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

/// The name that all who read the list see; nothing where they may see different ones.
std::optional<std::string_view> only_name(const JsonValue& tool) {
    static constexpr std::array<std::string_view, 1> names = {"name"};
    static constexpr DecidedKeys keys(names);
    std::optional<JsonValue> name;
    bool repeats = false;
    tool.for_some_members(keys, [&](std::string_view key, const JsonValue& value) {
        if (key != "name") return;
        repeats = repeats || name;
        name = value;
    });
    return name && !repeats ? name->string() : std::nullopt;
}

void filter_array(const JsonValue& tools, const ShowsTool& shows, Splicer& splicer,
                  FilteredTools& counts) {
    std::string& out = splicer.replace(tools.raw());
    out += '[';
    bool first = true;
    tools.for_each_element([&](const JsonValue& tool) {
        ++counts.before;
        const auto name = only_name(tool);
        if (!name || !shows(*name)) return true;
        ++counts.after;
        if (!first) out += ',';
        first = false;
        out += tool.raw();
        return true;
    });
    out += ']';
}

void filter_result(const JsonValue& result, const ShowsTool& shows, Splicer& splicer,
                   FilteredTools& counts) {
    bool lists = false;
    result.for_each_member([&](std::string_view key, const JsonValue& value) {
        lists = lists || (key == "tools" && value.is_array());
    });
    if (!lists) return;
    result.for_each_member([&](std::string_view key, const JsonValue& value) {
        if (key == "tools" && value.is_array()) {
            filter_array(value, shows, splicer, counts);
        } else if (key == "cacheScope") {
            splicer.replace(value.raw()) += "\"private\"";
        }
    });
}

void filter_message(const JsonValue& message, const ShowsTool& shows, Splicer& splicer,
                    FilteredTools& counts) {
    message.for_each_member([&](std::string_view key, const JsonValue& value) {
        if (key == "result") filter_result(value, shows, splicer, counts);
    });
}

}  // namespace

std::expected<FilteredTools, JsonError> filter_tool_lists(std::string_view json,
                                                          const ShowsTool& shows,
                                                          std::string& out) {
    // RFC 8259 §8.1: a byte order mark may be ignored, and must not be written.
    if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
    const auto document = JsonDocument::parse_carried(json);
    if (!document) return std::unexpected(document.error());
    FilteredTools counts;
    Splicer splicer(json, out);
    const JsonValue root = document->root();
    filter_message(root, shows, splicer, counts);
    root.for_each_element([&](const JsonValue& message) {
        filter_message(message, shows, splicer, counts);
        return true;
    });
    splicer.finish();
    return counts;
}

}  // namespace sluice::resource
