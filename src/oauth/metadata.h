// Authorization server metadata (RFC 8414).
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "oauth/settings.h"

namespace sluice::oauth {

struct ShardState;

/// The document, from the settings alone: nothing of a request ever enters it.
std::string make_metadata(const Settings& settings);

/// An EndpointHandler: the document, wherever it is asked for.
io::Task<void> serve_metadata(ShardState& state, const http::Request& request,
                              http::Response& response);

/// An EndpointHandler: the resource that other processes serve, or the issuer's own address where
/// tokens are for any resource, and this authorization server (RFC 9728 §2).
io::Task<void> serve_resource_metadata(ShardState& state, const http::Request& request,
                                       http::Response& response);

/// The path of the issuer, with a leading slash; empty where it has none.
std::string_view issuer_path(const Settings& settings);

}  // namespace sluice::oauth
