// Pushed authorization request (RFC 9126) as a document of a store: its request_uri is used once,
// by the browser that comes with it first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "io/task.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

/// RFC 9126 §2.2: long enough to send a browser on.
inline constexpr Seconds pushed_request_ttl{90};

/// Whether `request_uri` could be one that /par gave out.
bool is_pushed_request_uri(std::string_view request_uri);

/// Keeps the parameters of an authorization request; gives its request_uri.
/// query  As /authorize would have it, with client_id.
io::Task<Result<std::string>> push_request(ShardState& state, std::string_view query);

/// An authorization request that a browser has begun, under a request_uri of its own.
struct BegunRequest {
    std::string request_uri;  // what the pages' own URLs have from now on
};

/// Takes a pushed request: done for one caller alone. It may be gone on with for ten minutes.
/// Errors: invalid_request where it was never pushed, has expired, was used, or is another
/// client's.
io::Task<Result<BegunRequest>> begin_pushed_request(ShardState& state, std::string_view request_uri,
                                                    std::string_view client_id);

/// Whether begin_pushed_request() gave it out.
bool is_begun_request_uri(std::string_view request_uri);

/// The parameters of a begun request of that client. Errors: invalid_request where there is none.
io::Task<Result<std::string>> find_begun_request(ShardState& state, std::string_view request_uri,
                                                 std::string_view client_id);
/// Other parameters from now on.
io::Task<Result<>> change_begun_request(ShardState& state, std::string_view request_uri,
                                        std::string_view query);
/// It was answered. Nothing happens where it is gone already.
io::Task<void> end_begun_request(ShardState& state, std::string_view request_uri);

}  // namespace sluice::oauth
