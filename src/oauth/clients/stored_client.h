// Stored clients (RFC 7591): every shard knows those it has met, and asks the store for the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

std::string to_json(const Client& client);
std::optional<Client> read_client(std::string_view json);

/// Stores a registered client for as long as a client that is not used is kept.
io::Task<Result<>> store_client(ShardState& state, const Client& client);
/// The same for clients that are to be forgotten.
io::Task<Result<>> erase_clients(ShardState& state, const std::vector<std::string>& client_ids);

/// Afterwards `state.clients` has the client of that identifier, if there is one. Does not suspend
/// where it has it already, or where memory is all there is.
io::Task<Result<>> know_client(ShardState& state, std::string_view client_id);
/// The same for the client_id of an authorization request, if it has one.
io::Task<Result<>> know_client_of_query(ShardState& state, std::string_view query);

/// The same for whom a request to an endpoint claims to come from.
io::Task<Result<>> know_claimed_client(ShardState& state, const http::Request& request,
                                       const http::Form& form);

/// Whether it is time to renew_client(), which is to be called where a client is used.
bool is_renewal_due(const ShardState& state, const Client& client);
/// Its time in the store begins anew.
io::Task<void> renew_client(ShardState& state, ClientHandle client);

}  // namespace sluice::oauth
