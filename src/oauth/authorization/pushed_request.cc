#include "oauth/authorization/pushed_request.h"

#include <array>
#include <cstddef>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "http/form.h"
#include "oauth/grants/authorization_code.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

// Kept with the codes that come of such requests: both are found by a digest that is of nothing
// else.
constexpr auto kind = storage::DocumentKind::authorization_code;

constexpr std::string_view pushed_prefix = "urn:ietf:params:oauth:request_uri:";
constexpr std::string_view begun_prefix = "urn:ietf:params:oauth:request_uri:begun.";
constexpr std::size_t reference_size = 43;  // 32 bytes in base64url
// From the first page to the decision.
constexpr Duration begun_ttl = std::chrono::minutes{10};
constexpr std::string_view dead_request =
    "The request_uri is unknown, has expired, was used already, or is of another client. Start "
    "again.";

std::string make_request_uri(std::string_view prefix, Random& random) {
    std::array<std::byte, 32> bytes;
    random.fill(bytes);
    return std::string(prefix).append(crypto::base64url(bytes));
}

std::string key_of(std::string_view request_uri) {
    return document_key(crypto::sha256(request_uri));
}

io::Task<Result<>> keep(ShardState& state, std::string_view request_uri, std::string_view query,
                        Duration lifetime) {
    const std::string key = key_of(request_uri);
    CO_REQUIRE(stored(
        co_await state.store.put({.kind = kind, .key = key, .value = query, .lifetime = lifetime},
                                 storage::PutMode::replace)));
    co_return Result<>();
}

// The parameters, where they are that client's.
io::Task<Result<std::string>> find(ShardState& state, std::string_view request_uri,
                                   std::string_view client_id) {
    const std::string key = key_of(request_uri);
    CO_TRY(auto query, stored(co_await state.store.get({kind, key})));
    http::Form form;
    const bool right = query && form.parse(*query) && parameter(form, "client_id") == client_id;
    if (!right) co_return refuse(ErrorCode::invalid_request, dead_request);
    co_return *std::move(query);
}

}  // namespace

bool is_pushed_request_uri(std::string_view request_uri) {
    return request_uri.starts_with(pushed_prefix) &&
           request_uri.size() == pushed_prefix.size() + reference_size;
}

bool is_begun_request_uri(std::string_view request_uri) {
    return request_uri.starts_with(begun_prefix) &&
           request_uri.size() == begun_prefix.size() + reference_size;
}

io::Task<Result<std::string>> push_request(ShardState& state, std::string_view query) {
    std::string request_uri = make_request_uri(pushed_prefix, state.shard.random());
    CHECK(is_pushed_request_uri(request_uri));
    CO_REQUIRE(co_await keep(state, request_uri, query, pushed_request_ttl));
    co_return request_uri;
}

io::Task<Result<BegunRequest>> begin_pushed_request(ShardState& state, std::string_view request_uri,
                                                    std::string_view client_id) {
    CO_TRY(const std::string query, co_await find(state, request_uri, client_id));
    const std::string key = key_of(request_uri);
    CO_TRY(const auto taken, stored(co_await state.store.erase({kind, key})));
    if (taken == storage::Outcome::conflict) {
        co_return refuse(ErrorCode::invalid_request, dead_request);
    }
    BegunRequest begun{make_request_uri(begun_prefix, state.shard.random())};
    CO_REQUIRE(co_await keep(state, begun.request_uri, query, begun_ttl));
    co_return begun;
}

io::Task<Result<std::string>> find_begun_request(ShardState& state, std::string_view request_uri,
                                                 std::string_view client_id) {
    CHECK(is_begun_request_uri(request_uri));
    co_return co_await find(state, request_uri, client_id);
}

io::Task<Result<>> change_begun_request(ShardState& state, std::string_view request_uri,
                                        std::string_view query) {
    co_return co_await keep(state, request_uri, query, begun_ttl);
}

io::Task<void> end_begun_request(ShardState& state, std::string_view request_uri) {
    const std::string key = key_of(request_uri);
    // What cannot be erased now expires by itself.
    static_cast<void>(co_await state.store.erase({kind, key}));
}

}  // namespace sluice::oauth
