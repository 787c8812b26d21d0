#include "oauth/jwks_endpoint.h"

#include "oauth/cors.h"
#include "oauth/shard_state.h"
#include "oauth/signing_keys.h"

namespace sluice::oauth {

io::Task<void> serve_jwks(ShardState& state, const http::Request&, http::Response& response) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/jwk-set+json");
    // Shorter than a new key is published ahead of its use.
    static_assert(published_ahead > Seconds{300});
    response.add_field("Cache-Control", "public, max-age=300");
    allow_every_origin(response);
    response.body() =
        state.keys.signing != nullptr ? state.keys.signing->jwks_json() : R"({"keys":[]})";
    co_return;
}

}  // namespace sluice::oauth
