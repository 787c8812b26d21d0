// prompt parameter (OpenID Connect Core §3.1.2.1): the request's own query with another prompt, for
// links and redirects between the pages.
#pragma once

#include <string>
#include <string_view>

namespace sluice::oauth {

/// What is left to do after somebody signed in: `login` and `select_account` are gone from prompt.
std::string query_after_login(std::string_view query);

/// The same request, but somebody has to sign in first.
std::string query_with_login(std::string_view query);

}  // namespace sluice::oauth
