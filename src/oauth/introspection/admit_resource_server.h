// Admission of resource servers: who may introspect a resource's tokens may ask for decisions.
#pragma once

#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "token/resource_rights.h"

namespace sluice::oauth {

struct ShardState;

/// The rights that `authorization` has proved before: then admit_resource_server() need not be
/// asked. Null: none. No allocation. Valid until the shard suspends.
const token::ResourceRights* find_resource_server(ShardState& state,
                                                  std::string_view authorization);
/// The rights of whoever sends `request`, where it is a resource server: a confidential client that
/// may introspect tokens of others, or the holder of an API key, by `authorization`, what an
/// Authorization field would say. Rights over nothing where it is none: then `response` is the
/// answer. Both live until the task ends.
io::Task<token::ResourceRights> admit_resource_server(ShardState& state,
                                                      const http::Request& request,
                                                      std::string_view authorization,
                                                      http::Response& response);

}  // namespace sluice::oauth
