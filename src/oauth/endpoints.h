// The endpoints, as functions over a shard's state. Requests and responses live until the task
// ends; every request is answered.
#pragma once

#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "oauth/authorization_server.h"

namespace sluice::oauth {

io::Task<void> serve_authorize(ShardState& state, const http::Request& request,
                               http::Response& response);
io::Task<void> serve_token(ShardState& state, const http::Request& request,
                           http::Response& response);
io::Task<void> serve_introspect(ShardState& state, const http::Request& request,
                                http::Response& response);
io::Task<void> serve_revoke(ShardState& state, const http::Request& request,
                            http::Response& response);
io::Task<void> serve_register(ShardState& state, const http::Request& request,
                              http::Response& response);
io::Task<AuthorizationServer::Activity> find_active_token(ShardState& state,
                                                          std::string_view access_token,
                                                          token::TokenInfo& info);
bool knows_resource_server(ShardState& state, std::string_view authorization);
io::Task<bool> admit_resource_server(ShardState& state, const http::Request& request,
                                     std::string_view authorization, http::Response& response);

}  // namespace sluice::oauth
