// URL validation: which URLs a configuration may hold.
#pragma once

#include <optional>
#include <string_view>

#include "config/problem.h"
#include "config/setting.h"
#include "token/resource_identifier.h"

namespace sluice::config {

/// 127.0.0.0/8, [::1] or localhost. `host` as a URL has it.
bool is_loopback_host(std::string_view host);

/// An absolute http or https URL, or a problem. The value is not repeated: it may hold credentials.
std::optional<token::ResourceIdentifier> check_url(const Setting<std::string>& setting,
                                                   Problems& problems);

/// check_url() for what clients compare letter by letter: no query, no trailing slash, and https
/// unless the host is loopback or `insecure_http` is on.
std::optional<token::ResourceIdentifier> check_public_url(const Setting<std::string>& setting,
                                                          bool insecure_http, Problems& problems);

/// Besides check_url(): a secret goes there with each request.
void check_secret_bearing_url(const Setting<std::string>& setting, bool insecure_http,
                              Problems& problems);

/// "*" or `https://app.example`: scheme, host and port only.
void check_origin(const Setting<std::string>& setting, Problems& problems);

/// What dynamic registration would take, too.
void check_redirect_uri(const Setting<std::string>& setting, Problems& problems);

}  // namespace sluice::config
