// Registered clients (RFC 7591): stored once somebody has consented; every shard knows those it has
// met, and finds the others in the store or in their identifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_writer.h"
#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

// What a registered client is, less its identifier, its secret and its times: the members of an
// object. What is as it is mostly is left out.
void write_registered(JsonWriter& json, const Client& client);
std::optional<Client> read_registered(const JsonValue& object);

std::string to_json(const Client& client);
std::optional<Client> read_client(std::string_view json);

/// Afterwards `state.clients` has the client of that identifier, if there is one. What the store
/// says comes before what an identifier says of itself, so that it may be changed or ended there.
/// Does not suspend where it is known already.
io::Task<Result<>> know_client(ShardState& state, std::string_view client_id);
/// The same for the client_id of an authorization request, if it has one.
io::Task<Result<>> know_client_of_query(ShardState& state, std::string_view query);

/// The same for whom a request to an endpoint claims to come from.
io::Task<Result<>> know_claimed_client(ShardState& state, const http::Request& request,
                                       const http::Form& form);

/// Somebody has consented to a client, or it holds a grant: where it registered itself it is kept
/// in the store until it was not used for registered_client_ttl. Writes once a day at most.
io::Task<Result<>> keep_client(ShardState& state, ClientHandle client);

}  // namespace sluice::oauth
