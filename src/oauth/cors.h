// CORS (Fetch Standard §3.2) of browser clients: to metadata, token, revocation and registration,
// which trust nothing that a browser adds by itself. Never to /authorize (OAuth 2.1 §3.1).
#pragma once

#include "http/message.h"

namespace sluice::oauth {

/// Lets scripts of every origin read the answer. No cookie counts at these endpoints, so none is
/// allowed along.
void allow_every_origin(http::Response& response);

/// 204 for an OPTIONS: what such a script may send. Asks for no authentication.
void write_preflight(http::Response& response);

}  // namespace sluice::oauth
