// External authorizer (nginx auth_request, Envoy ext_authz over HTTP): the decision function for
// proxies, in their own conventions. A proxy asks with the client's Authorization and these fields,
// which it sets itself on every request, so that none comes from the client:
//
//   Sluice-Authorization  proves that the proxy may ask: what a resource server says in
//                         Authorization; checked before a request gets here
//   Sluice-Resource       path or identifier of the resource; where it is absent, the resource
//                         whose path the original URI lies at or below
//   Sluice-Tool           the tool that the request calls; absent: none
//   Sluice-Justification  may come from the client
#pragma once

#include <cstdint>
#include <string_view>

#include "http/exchange.h"
#include "resource/decision_api/decision_service.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// Lives on one shard. Waits for a decision's delay itself, since no proxy would. What passes is
/// answered 200 with X-Sluice-Subject, -Client and -Scopes, always all three, and, where the tool
/// has friction, X-Sluice-Friction and -Friction-Level; what does not, with X-Sluice-Status,
/// X-Sluice-Reason, the challenge, Retry-After, and the reason as JSON.
class ExternalAuthorizer {
public:
    static constexpr std::string_view nginx_path = "/v1/authorize/nginx";
    static constexpr std::string_view envoy_prefix = "/v1/ext_authz";
    static constexpr std::string_view proof_field = "Sluice-Authorization";

    explicit ExternalAuthorizer(DecisionService& service) : service_(service) {}

    /// rights  Over the resources that the proxy may ask about.
    using Handler = io::Task<void> (ExternalAuthorizer::*)(http::Exchange&,
                                                           token::ResourceRights rights);

    /// nginx understands 2xx, 401 and 403, and takes all else for a fault: whatever is refused for
    /// another reason is 403 here. The original URI is X-Original-URI. nginx never sends a body:
    /// where tools matter, a request that may call one (X-Original-Method) passes only with the
    /// tool named.
    io::Task<void> answer_nginx(http::Exchange& exchange, token::ResourceRights rights);
    /// Envoy passes every status and the body on. The original path follows the prefix. Where Envoy
    /// names no tool, the tools are those of the JSON-RPC message in the body (with_request_body).
    /// A POST whose body did not come whole, and as plain JSON, is refused, since nobody has read
    /// it.
    io::Task<void> answer_envoy(http::Exchange& exchange, token::ResourceRights rights);

private:
    struct Answer;
    enum class Asker : std::uint8_t { nginx, envoy };

    io::Task<void> judge(http::Exchange& exchange, Asker asker, const token::ResourceRights& rights,
                         std::string_view path, Answer& answer);
    /// message  What it was read from; null where the proxy names the tool itself.
    io::Task<void> judge_tool(http::Exchange& exchange, const ProtectedResource& resource,
                              std::string_view tool, std::string_view justification, Answer& answer,
                              const Message* message = nullptr);
    io::Task<void> judge_body(http::Exchange& exchange, const ProtectedResource& resource,
                              Answer& answer);

    DecisionService& service_;
};

}  // namespace sluice::resource
