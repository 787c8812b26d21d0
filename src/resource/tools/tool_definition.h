// Tool definition fingerprint: what tools/list says of each tool, enough to notice a change.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.h"

namespace sluice::resource {

struct ToolDefinition {
    std::string name;
    crypto::Digest description;   // of title and description
    crypto::Digest input_schema;  // of its members as they stand

    /// Of both: 32 hexadecimal digits, for people.
    std::string hash() const;
    bool operator==(const ToolDefinition&) const = default;
};

/// The tools of every list in `json`, which is a JSON-RPC message or a batch of them; at most
/// `tools_max`. None where it is neither.
std::vector<ToolDefinition> read_tool_definitions(std::string_view json, std::size_t tools_max);

}  // namespace sluice::resource
