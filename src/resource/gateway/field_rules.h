// Header rules (hop-by-hop, end-to-end; RFC 9110 §7.6.1): which fields cross the gateway.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace sluice::resource {

/// The fields of one message, as a gateway looks at them; refers to them.
class FieldRules {
public:
    explicit FieldRules(std::span<const http::Field> fields);

    /// A client's field that an MCP server may see: end-to-end, no credential, nothing that poses
    /// as a proxy or as Sluice, nothing that Sluice writes itself.
    bool pass_to_upstream(std::string_view name) const;
    /// A field of an MCP server's answer that a client may see.
    bool pass_to_client(std::string_view name) const;

private:
    bool is_connection_option(std::string_view name) const;

    std::vector<std::string_view> connection_options_;  // but "close" and "keep-alive"
};

}  // namespace sluice::resource
