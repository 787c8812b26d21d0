// Reading lists of tools.
#include "resource/tools/tool_definition.h"

#include <fmt/format.h>

#include "base/json.h"

namespace sluice::resource {
namespace {

/// Of the members `names` of a tool, as they were written but for white space; one that is absent
/// differs from an empty one.
crypto::Digest digest_of(const JsonValue& tool, std::initializer_list<std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) {
        if (const auto member = tool.find(name)) member->append_to(text);
        text += '\n';
    }
    return crypto::sha256(text);
}

void read_message(const JsonValue& message, std::size_t tools_max,
                  std::vector<ToolDefinition>& definitions) {
    const auto result = message.find("result");
    const auto tools = result ? result->find("tools") : std::nullopt;
    if (!tools) return;
    tools->for_each_element([&](const JsonValue& tool) {
        if (definitions.size() == tools_max) return false;
        const auto name = tool.find_string("name");
        if (!name) return true;
        definitions.push_back({std::string(*name), digest_of(tool, {"title", "description"}),
                               digest_of(tool, {"inputSchema"})});
        return true;
    });
}

}  // namespace

std::string ToolDefinition::hash() const {
    std::string both(crypto::as_text(description));
    both += crypto::as_text(input_schema);
    const crypto::Digest digest = crypto::sha256(both);
    std::string text;
    for (std::size_t i = 0; i < digest.size() / 2; ++i) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned>(digest[i]));
    }
    return text;
}

std::vector<ToolDefinition> read_tool_definitions(std::string_view json, std::size_t tools_max) {
    std::vector<ToolDefinition> definitions;
    const auto document = JsonDocument::parse_carried(json);
    if (!document) return definitions;
    read_message(document->root(), tools_max, definitions);
    document->root().for_each_element([&](const JsonValue& message) {
        read_message(message, tools_max, definitions);
        return definitions.size() < tools_max;
    });
    return definitions;
}

}  // namespace sluice::resource
