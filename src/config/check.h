// Validation: from each raw section to the checked one. What comes back is usable only while
// `problems` is empty.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/admin_config.h"
#include "config/checks.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/raw_config.h"
#include "config/server_config.h"
#include "config/storage_config.h"
#include "config/trust.h"
#include "crypto/password_hash.h"
#include "http/ip_network.h"
#include "oauth/settings.h"
#include "resource/settings.h"

namespace sluice::config {

ServerConfig check_server(const RawServer& raw, const Environment& environment, Problems& problems);
/// `server` is checked already, but for its `tls`. Leaves TlsConfig::listen to check_server().
TlsConfig check_tls(const RawTls& raw, const ServerConfig& server, const Environment& environment,
                    Problems& problems);
/// `listen` is checked already.
io::UnixSocketAccess check_unix_socket(const RawServer& raw, const std::vector<io::Address>& listen,
                                       Problems& problems);
LogConfig check_log(const RawLog& raw, Problems& problems);
storage::RedisSettings check_redis(const RawRedis& raw, const Environment& environment,
                                   Problems& problems);
StorageConfig check_storage(const RawStorage& raw, const Environment& environment,
                            Problems& problems);

/// All but `resources`, which are those of the whole configuration, rights over them, and what
/// storage says.
oauth::Settings check_auth(const RawAuth& raw, const ServerConfig& server,
                           const Environment& environment, Problems& problems);
/// served, known  The resources of this process, and all that tokens are issued for; where none are
/// known, tokens are for any.
token::ResourceRights check_introspect(const RawIntrospect& raw,
                                       const std::vector<resource::ResourceSettings>& served,
                                       const std::vector<oauth::ResourceSetting>& known,
                                       Problems& problems);
/// The networks of a list, in CIDR notation.
std::vector<http::IpNetwork> check_networks(const StringList& list, Problems& problems);
/// Nothing where the text is no address.
std::optional<io::Address> parse_listen(std::string_view text);
/// The addresses of a list, each once.
std::vector<io::Address> check_listen(const StringList& list, UniqueNames& unique,
                                      Problems& problems);
/// What somebody signs in with: `hash`, or `password` in plain text; one of them has to be given.
crypto::PasswordHash check_password(const RawSecret& password, const Setting<std::string>& hash,
                                    const Environment& environment, Problems& problems);
oauth::UserSetting check_user(const RawUser& raw, const Environment& environment,
                              Problems& problems);
/// `scopes` and `default_scope` are those of [auth].
oauth::ClientSetting check_client(const RawClient& raw, const token::ScopeSet& scopes,
                                  const token::ScopeSet& default_scope,
                                  const Environment& environment, Problems& problems);
/// `client.auth_method` is checked already.
void check_client_keys(const RawClient& raw, oauth::ClientSetting& client,
                       const Environment& environment, Problems& problems);

/// `server` is checked already.
AdminConfig check_admin(const RawAdmin& raw, const ServerConfig& server,
                        const Environment& environment, Problems& problems);

/// What the resources refer to.
struct ResourceContext {
    const ServerConfig& server;
    const oauth::Settings* auth;  // null where there is no [auth]
    const Environment& environment;
};
std::vector<resource::ResourceSettings> check_resources(const std::vector<RawResource>& raw,
                                                        const ResourceContext& context,
                                                        Problems& problems);
/// How tokens that are issued here for the resource are written.
/// plain_tokens  Tokens are kept as another server would keep them, which knows no JWTs.
oauth::AccessTokenFormat check_token_format(const RawResource& raw, bool plain_tokens,
                                            Problems& problems);
/// [resource.jwt]; `trusts` reads the authorities.
resource::JwtSettings check_jwt(const RawJwt& raw, bool insecure_http, TrustReader& trusts,
                                Problems& problems);
/// Null where there is a problem, or friction is not enabled.
std::shared_ptr<const friction::FrictionConfig> check_friction(const RawFriction& raw,
                                                               Problems& problems);

/// A secret that protects an interface: problems of resolve_secret(), and of a guessable length.
Secret check_strong_secret(const RawSecret& raw, const Environment& environment,
                           Problems& problems);

}  // namespace sluice::config
