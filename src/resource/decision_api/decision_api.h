// Decision API (external authorization over HTTP): for servers that ask about a call instead of
// standing behind the gateway. Who asks has been authenticated before.
//
//   POST   /v1/decision                    may this call be made? If so it is counted
//   POST   /v1/friction/record             counts a call that nothing is asked about
//   GET    /v1/friction/clients/{id}       how a client stands
//   DELETE /v1/friction/clients/{id}       forgives it
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "resource/decision_api/decision_service.h"

namespace sluice::resource {

/// Lives on one shard. Every handler answers every request, in JSON.
class DecisionApi {
public:
    static constexpr std::string_view clients_path = "/v1/friction/clients";
    static constexpr std::size_t batch_size_max = 100;
    static constexpr std::size_t body_bytes_max = std::size_t{1} << 20;

    explicit DecisionApi(DecisionService& service) : service_(service) {}

    /// rights  Over the resources that the asker may have decisions about.
    using Handler = io::Task<void> (DecisionApi::*)(http::Exchange&, token::ResourceRights rights);

    /// One question, an array of them, or {"decisions": [...]}: answered in the same form. Those of
    /// a batch are decided in their order, each for itself.
    io::Task<void> decide(http::Exchange& exchange, token::ResourceRights rights);
    io::Task<void> record(http::Exchange& exchange, token::ResourceRights rights);

    /// The client is the path's last segment or the parameter client_id; `subject` is the client
    /// itself where it is not given, `resource` all that the asker has rights over.
    io::Task<void> show_client(http::Exchange& exchange, token::ResourceRights rights);
    io::Task<void> forgive_client(http::Exchange& exchange, token::ResourceRights rights);

private:
    using Purpose = DecisionService::Purpose;

    io::Task<void> answer(http::Exchange& exchange, token::ResourceRights rights, Purpose purpose);
    io::Task<void> answer_batch(http::Exchange& exchange, JsonValue questions,
                                const token::ResourceRights& rights, Purpose purpose);
    io::Task<void> append_answer(http::Exchange& exchange, const ProtectedResource& resource,
                                 const DecisionRequest& request, Purpose purpose);

    void begin_answer(http::Response& response) const;

    DecisionService& service_;
    http::FieldList fields_{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
};

}  // namespace sluice::resource
