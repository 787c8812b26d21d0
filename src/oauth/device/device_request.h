// Device authorization request (RFC 8628 §3.1) as documents of a store: found by its device code
// and, while it is open, by its user code; decided once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "io/task.h"
#include "oauth/device/device_poll.h"
#include "oauth/errors.h"
#include "storage/store.h"
#include "token/scope.h"

namespace sluice::oauth {

struct ShardState;

struct DeviceRequest {
    std::string client_id;
    token::ScopeSet scope;
    std::string resource;  // canonical; empty: none in particular
    WallTime expires_at;
    Duration interval{};
    // Who asked, for the person who decides: never checked.
    std::string address;
    std::string user_agent;
};

std::string to_json(const DeviceRequest& request);
std::optional<DeviceRequest> read_device_request(std::string_view json);

/// What somebody said to it.
struct DeviceDecision {
    DeviceStatus status = DeviceStatus::pending;
    std::string username;  // who allowed it
    std::string mark{};    // of that account: see Account::mark()
};

/// A request that was found, and the key of its document.
struct FoundDeviceRequest {
    std::string key;
    DeviceRequest request;
};

/// The key of a request's document.
std::string device_request_key(std::string_view device_code);

/// Keeps a new request; gives its user code. The document outlives the code for a while, so that a
/// device that polls late is told why it gets nothing.
io::Task<Result<std::string>> store_device_request(ShardState& state, std::string_view device_code,
                                                   const DeviceRequest& request);

/// Nothing where no such device code was issued, or it has been used.
io::Task<Result<std::optional<DeviceRequest>>> find_device_request(ShardState& state,
                                                                   std::string_view key);

/// By a user code in its one spelling: nothing where there is none that is neither expired nor
/// decided.
io::Task<Result<std::optional<FoundDeviceRequest>>> find_open_device_request(
    ShardState& state, std::string_view user_code);

/// The first decision stands, on whatever box it was made; false where there was one.
io::Task<Result<bool>> decide_device_request(ShardState& state, const FoundDeviceRequest& found,
                                             std::string_view user_code,
                                             const DeviceDecision& decision);

/// Pending while nobody has decided.
io::Task<Result<DeviceDecision>> find_device_decision(ShardState& state, std::string_view key);

/// What a redeemed request leaves, and the document that it takes away.
struct RedeemedDeviceRequest {
    storage::DocumentKey request;
    storage::Document redeemed;
};
/// `key` outlives it.
RedeemedDeviceRequest redemption_of_device_request(std::string_view key);

}  // namespace sluice::oauth
