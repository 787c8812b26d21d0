#include "http/fetch.h"

#include "base/result.h"

namespace sluice::http {

io::Task<ClientResult<std::string>> fetch_json(io::Shard& shard, Client& client, const HttpUrl& url,
                                               FetchOptions options) {
    if (url.secure() && options.trust == nullptr) {
        co_return failure(ClientError{ClientError::Kind::refused,
                                      "No certificate authorities are known to verify it by."});
    }
    io::CancelScope scope;
    io::Deadline deadline(scope);
    shard.timers().start(deadline, shard.now() + options.timeout);
    OutgoingRequest request;
    request.set(Method::get, url.target());
    request.add_field("Accept", "application/json");
    auto answer = co_await client.send(
        client.origin(url, options.trust, options.guard), request,
        {.head_timeout = options.timeout, .chunk_timeout = options.timeout, .scope = &scope});
    if (!answer) co_return failure(answer.error());
    if (answer->status() != Status::ok) {
        co_return failure(
            ClientError{ClientError::Kind::garbage, "The server did not answer with 200."});
    }
    std::string body;
    CO_REQUIRE(co_await answer->read_body(body, options.bytes_max));
    co_return body;
}

}  // namespace sluice::http
