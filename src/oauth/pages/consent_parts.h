// Parts that the pages share which ask a person to allow a client something.
#pragma once

#include <string>
#include <string_view>

#include "oauth/clients/client.h"
#include "oauth/settings.h"
#include "token/scope.h"

namespace sluice::oauth {

/// A heading that names the client, and a warning where it chose the name itself.
void append_client(std::string& html, const Client& client);

/// A list of what it will be able to do.
void append_scopes(std::string& html, const token::ScopeSet& scopes, const Settings& settings);

/// A row of a <dl>: the resource; nothing where it is for none in particular.
void append_resource(std::string& html, std::string_view identifier, const Settings& settings);

}  // namespace sluice::oauth
