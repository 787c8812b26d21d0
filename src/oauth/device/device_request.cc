// Three documents: the request by its device code, its key by its user code, and the decision.
// None is ever changed, so that nobody who reads and writes again undoes what another one wrote.
#include "oauth/device/device_request.h"

#include <utility>

#include "base/check.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "oauth/device/user_code.h"
#include "oauth/grants/authorization_code.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

using storage::DocumentKind;

// For so long who polls with an expired code hears that it has expired.
constexpr Duration grace = std::chrono::minutes{10};
// One code of 2^34 is taken, once in so many requests as are open.
constexpr int user_codes_tried_max = 5;

std::string user_code_key(std::string_view user_code) {
    return document_key(crypto::sha256(std::string("user_code ").append(user_code)));
}

std::string decision_key(std::string_view key) {
    return std::string(key).append(".decision");
}

std::int64_t milliseconds(Duration duration) {
    return std::chrono::floor<std::chrono::milliseconds>(duration).count();
}

std::optional<std::int64_t> integer_of(const JsonValue& object, std::string_view name) {
    const auto member = object.find(name);
    return member ? member->integer() : std::nullopt;
}

std::string to_json(const DeviceDecision& decision) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("status", name_of(device_status_names, decision.status))
        .member("username", std::string_view(decision.username))
        .member("account_mark", std::string_view(decision.mark))
        .end_object();
    return text;
}

DeviceDecision read_decision(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return {};
    const JsonValue root = document->root();
    const auto status = find_by_name(device_status_names, root.find_string("status").value_or(""));
    return {.status = status.value_or(DeviceStatus::pending),
            .username = std::string(root.find_string("username").value_or("")),
            .mark = std::string(root.find_string("account_mark").value_or(""))};
}

Duration left_of(const ShardState& state, const DeviceRequest& request) {
    return request.expires_at - state.shard.wall_now();
}

// The code that leads to the request, and to no other.
io::Task<Result<std::string>> store_user_code(ShardState& state, std::string_view key,
                                              Duration lifetime) {
    for (int attempt = 0; attempt < user_codes_tried_max; ++attempt) {
        std::string user_code = make_user_code(state.shard.random());
        const std::string pointer = user_code_key(user_code);
        CO_TRY(const auto outcome,
               stored(co_await state.store.put({.kind = DocumentKind::device_code,
                                                .key = pointer,
                                                .value = key,
                                                .lifetime = lifetime},
                                               storage::PutMode::only_new)));
        if (outcome == storage::Outcome::done) co_return user_code;
    }
    co_return refuse(ErrorCode::server_error, "No user code could be found.");
}

}  // namespace

std::string to_json(const DeviceRequest& request) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("client_id", std::string_view(request.client_id))
        .member("scope", request.scope.text())
        .member("resource", std::string_view(request.resource))
        .member("expires_at_ms", milliseconds(request.expires_at.time_since_epoch()))
        .member("interval_ms", milliseconds(request.interval))
        .member("address", std::string_view(request.address))
        .member("user_agent", std::string_view(request.user_agent))
        .end_object();
    return text;
}

std::optional<DeviceRequest> read_device_request(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    const auto text = [&root](std::string_view name) {
        return std::string(root.find_string(name).value_or(""));
    };
    const auto scope = token::ScopeSet::parse(text("scope"));
    const auto expires_at = integer_of(root, "expires_at_ms");
    const auto interval = integer_of(root, "interval_ms");
    constexpr std::int64_t times_max = std::int64_t{1} << 43;  // the year 2248
    const bool in_range = expires_at && *expires_at > 0 && *expires_at < times_max && interval &&
                          *interval > 0 && *interval < times_max;
    if (!scope || !in_range || text("client_id").empty()) return std::nullopt;
    return DeviceRequest{.client_id = text("client_id"),
                         .scope = *scope,
                         .resource = text("resource"),
                         .expires_at = WallTime{std::chrono::milliseconds{*expires_at}},
                         .interval = std::chrono::milliseconds{*interval},
                         .address = text("address"),
                         .user_agent = text("user_agent")};
}

std::string device_request_key(std::string_view device_code) {
    return document_key(crypto::sha256(device_code));
}

io::Task<Result<std::string>> store_device_request(ShardState& state, std::string_view device_code,
                                                   const DeviceRequest& request) {
    const std::string key = device_request_key(device_code);
    const Duration lifetime = left_of(state, request);
    CHECK(lifetime > Duration::zero(), "a request that is over");
    CO_TRY(std::string user_code, co_await store_user_code(state, key, lifetime));
    const std::string json = to_json(request);
    CO_REQUIRE(stored(co_await state.store.put({.kind = DocumentKind::device_code,
                                                .key = key,
                                                .value = json,
                                                .lifetime = lifetime + grace},
                                               storage::PutMode::replace)));
    co_return user_code;
}

io::Task<Result<std::optional<DeviceRequest>>> find_device_request(ShardState& state,
                                                                   std::string_view key) {
    CO_TRY(const auto json, stored(co_await state.store.get({DocumentKind::device_code, key})));
    co_return json ? read_device_request(*json) : std::nullopt;
}

io::Task<Result<std::optional<FoundDeviceRequest>>> find_open_device_request(
    ShardState& state, std::string_view user_code) {
    if (!is_user_code(user_code)) co_return std::nullopt;
    const std::string pointer = user_code_key(user_code);
    CO_TRY(auto key, stored(co_await state.store.get({DocumentKind::device_code, pointer})));
    if (!key) co_return std::nullopt;
    CO_TRY(auto request, co_await find_device_request(state, *key));
    if (!request || left_of(state, *request) < Duration::zero()) co_return std::nullopt;
    CO_TRY(const DeviceDecision decision, co_await find_device_decision(state, *key));
    if (decision.status != DeviceStatus::pending) co_return std::nullopt;
    co_return FoundDeviceRequest{*std::move(key), *std::move(request)};
}

io::Task<Result<bool>> decide_device_request(ShardState& state, const FoundDeviceRequest& found,
                                             std::string_view user_code,
                                             const DeviceDecision& decision) {
    CHECK(decision.status != DeviceStatus::pending, "a decision");
    CHECK(decision.status == DeviceStatus::denied || !decision.username.empty(), "somebody allows");
    const std::string key = decision_key(found.key);
    const std::string json = to_json(decision);
    const Duration left = std::max(left_of(state, found.request), Duration::zero());
    CO_TRY(const auto outcome, stored(co_await state.store.put({.kind = DocumentKind::device_code,
                                                                .key = key,
                                                                .value = json,
                                                                .lifetime = left + grace},
                                                               storage::PutMode::only_new)));
    if (outcome == storage::Outcome::conflict) co_return false;
    const std::string pointer = user_code_key(user_code);
    CO_REQUIRE(stored(co_await state.store.erase({DocumentKind::device_code, pointer})));
    co_return true;
}

io::Task<Result<DeviceDecision>> find_device_decision(ShardState& state, std::string_view key) {
    const std::string decision = decision_key(key);
    CO_TRY(const auto json,
           stored(co_await state.store.get({DocumentKind::device_code, decision})));
    co_return json ? read_decision(*json) : DeviceDecision{};
}

RedeemedDeviceRequest redemption_of_device_request(std::string_view key) {
    return {.request = {DocumentKind::device_code, key},
            .redeemed = {
                .kind = DocumentKind::redeemed_code, .key = key, .value = "{}", .lifetime = grace}};
}

}  // namespace sluice::oauth
