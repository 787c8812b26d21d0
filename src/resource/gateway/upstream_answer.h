// Upstream answers: what one is, by its status and content type, and whether a client may see it.
#pragma once

#include "http/response_parser.h"

namespace sluice::resource {

bool is_events(const http::ResponseHead& head);
bool is_json(const http::ResponseHead& head);
bool succeeds(http::Status status);
/// 4xx.
bool refuses(http::Status status);

/// What must not reach the client: it would look for credentials, or go, somewhere else.
bool is_not_for_clients(http::Status status);
/// Whether the answer to a JSON-RPC request cannot be one: a proxy's page, or nothing at all.
bool is_no_answer(const http::ResponseHead& head);

}  // namespace sluice::resource
