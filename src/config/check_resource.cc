// The rules of [[resource]] and [resource.introspection].
#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.h"
#include "config/check.h"
#include "config/check_access_rule.h"
#include "config/checks.h"
#include "config/trust.h"
#include "config/url_rules.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

// Paths that this server answers itself; a resource at one of them would hide it.
constexpr std::array<std::string_view, 14> own_paths = {
    "/.well-known", "/authorize",   "/token",       "/introspect",   "/revoke",
    "/register",    "/v1/decision", "/v1/friction", "/v1/authorize", "/v1/ext_authz",
    "/healthz",     "/livez",       "/readyz",      "/metrics"};

bool lies_at_or_below(std::string_view path, std::string_view above) {
    return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

// The path as the resource identifier has it, or nothing and a problem.
std::optional<token::ResourceIdentifier> check_path(const Setting<std::string>& path,
                                                    const ResourceContext& context,
                                                    Problems& problems) {
    if (!check_given(path, "the path under which clients reach the resource, like \"/mcp\"",
                     problems)) {
        return std::nullopt;
    }
    if (!path->starts_with('/') || path->find_first_of("?#%") != std::string::npos) {
        problems.add(
            path.place,
            fmt::format("\"{}\" has to begin with / and must not contain ?, # or %", *path));
        return std::nullopt;
    }
    if (path->size() > 1 && path->ends_with('/')) {
        problems.add(path.place,
                     fmt::format("\"{}\" must not end in a slash; both forms are served", *path));
        return std::nullopt;
    }
    for (const std::string_view own : own_paths) {
        if (!lies_at_or_below(*path, own)) continue;
        problems.add(
            path.place,
            fmt::format("\"{}\" lies at or below {}, which Sluice answers itself", *path, own));
        return std::nullopt;
    }
    // Where public_url has a problem of its own, the path can still be judged.
    const std::string& public_url = context.server.public_url;
    const auto identifier = token::ResourceIdentifier::parse(
        (public_url.empty() ? "http://localhost" : public_url) + *path);
    const bool plain = identifier && (*path == "/" || identifier->path() == *path);
    if (plain && path->find("//") == std::string::npos) return *identifier;
    problems.add(path.place,
                 fmt::format("\"{}\" is not a plain URL path: letters, digits and "
                             "-._~!$&'()*+,;=:@ between single slashes, no dot segments",
                             *path));
    return std::nullopt;
}

// Stands in for an identifier that could not be read, of a resource that is not used.
token::ResourceIdentifier nowhere() {
    return *token::ResourceIdentifier::parse("http://localhost/");
}

void check_upstream(const RawResource& raw, Problems& problems) {
    if (raw.identifier.given && !raw.upstream.given) return;
    if (raw.identifier.given) {
        problems.add(raw.identifier.place,
                     "cannot be combined with upstream; it is for a resource that is not behind "
                     "this gateway and asks for decisions");
    }
    if (!check_given(raw.upstream, "the URL of the MCP server behind this resource", problems)) {
        return;
    }
    check_url(raw.upstream, problems);
}

// Of a resource elsewhere; nothing where it is here, or is no URL.
std::string check_server_id(const Setting<std::string>& server_id, UniqueNames& unique,
                            Problems& problems) {
    if (!server_id.given) return {};
    unique.check(server_id);
    const bool plain = std::ranges::all_of(
        *server_id, [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-'; });
    if (server_id->empty() || !plain) {
        problems.add(server_id.place,
                     fmt::format("\"{}\" has to be letters, digits, _ and -", *server_id));
    }
    return *server_id;
}

std::optional<token::ResourceIdentifier> check_identifier(const Setting<std::string>& identifier,
                                                          Problems& problems) {
    if (!identifier.given) return std::nullopt;
    const auto parsed = token::ResourceIdentifier::parse(*identifier);
    if (parsed) return *parsed;
    problems.add(identifier.place, fmt::format("\"{}\" is not a valid resource identifier: {}",
                                               *identifier, parsed.error().reason));
    return std::nullopt;
}

enum class Verify { local, introspection, jwt };

resource::ToolChanges check_tool_changes(const RawResource& raw, Problems& problems) {
    using resource::ToolChanges;
    constexpr NameTable<ToolChanges, 3> words{{{"off", ToolChanges::off},
                                               {"log", ToolChanges::log},
                                               {"friction", ToolChanges::friction}}};
    const auto chosen = choose(raw.tool_changes, words, problems).value_or(ToolChanges::off);
    if (chosen == ToolChanges::friction && !raw.friction) {
        problems.add(raw.tool_changes.place,
                     "raises the friction of tools, and the resource has no [resource.friction]");
    }
    if (!(*raw.tool_change_friction > 0 && *raw.tool_change_friction <= 1)) {
        problems.add(raw.tool_change_friction.place,
                     fmt::format("{} is not above 0 and at most 1", *raw.tool_change_friction));
    }
    return chosen;
}

// Nothing where the word is none; then there is no telling which tokens are meant.
std::optional<Verify> check_verify(const RawResource& raw, const ResourceContext& context,
                                   Problems& problems) {
    constexpr NameTable<Verify, 3> words{
        {{"local", Verify::local}, {"introspection", Verify::introspection}, {"jwt", Verify::jwt}}};
    const auto verify = choose(raw.verify, words, problems);
    if (verify == Verify::local && context.auth == nullptr) {
        problems.add(
            raw.verify.place,
            "is \"local\", but there is no [auth] here to have issued the tokens: add [auth], "
            "or write verify = \"introspection\" or \"jwt\"");
    }
    if (verify && verify != Verify::introspection && raw.introspection) {
        problems.add(raw.introspection->place,
                     fmt::format("has no effect with verify = \"{}\"; remove it, or write verify = "
                                 "\"introspection\"",
                                 *raw.verify));
    }
    if (verify && verify != Verify::jwt && raw.jwt) {
        problems.add(raw.jwt->place,
                     fmt::format("has no effect with verify = \"{}\"; remove it, or "
                                 "write verify = \"jwt\"",
                                 *raw.verify));
    }
    if (verify == Verify::jwt && !raw.jwt) {
        problems.add({raw.place.line, raw.place.key + ".jwt"},
                     "is missing: verify = \"jwt\" needs { issuer }");
    }
    if (verify == Verify::introspection && !raw.introspection) {
        problems.add({raw.place.line, raw.place.key + ".introspection"},
                     "is missing: verify = \"introspection\" needs { endpoint, client_id, "
                     "client_secret }");
    }
    return verify;
}

// issuer  Of the tokens: what the file says, or the endpoint's origin.
resource::IntrospectionSettings check_introspection(const RawIntrospection& raw,
                                                    const ResourceContext& context,
                                                    std::string& issuer, Problems& problems) {
    using token::ClientAuthMethod;
    constexpr NameTable<ClientAuthMethod, 2> methods{
        {{"client_secret_basic", ClientAuthMethod::client_secret_basic},
         {"client_secret_post", ClientAuthMethod::client_secret_post}}};
    const bool insecure = context.server.insecure_http;
    resource::IntrospectionSettings checked;
    checked.endpoint = *raw.endpoint;
    if (check_given(raw.endpoint, "the introspection endpoint's URL (RFC 7662)", problems)) {
        const auto url = check_url(raw.endpoint, problems);
        if (url) check_secret_bearing_url(raw.endpoint, insecure, problems);
        if (url) issuer = url->origin();
    }
    if (raw.issuer.given) {
        check_public_url(raw.issuer, insecure, problems);
        issuer = *raw.issuer;
    }
    check_given(raw.client_id, "the id under which the authorization server knows this gateway",
                problems);
    checked.client_id = *raw.client_id;
    if (!raw.client_secret.given()) {
        problems.add(
            raw.client_secret.place(),
            "is missing: the secret that goes with client_id; _env and _file keep it out of here");
    }
    checked.client_secret = resolve_secret(raw.client_secret, context.environment, problems);
    checked.auth_method = choose(raw.auth_method, methods, problems).value_or(checked.auth_method);
    checked.cache_ttl = check_range<Duration>(raw.cache_ttl, 0s, 10min, problems);
    checked.timeout = check_range<Duration>(raw.timeout, 10ms, 1min, problems);
    return checked;
}

}  // namespace

std::vector<resource::ResourceSettings> check_resources(const std::vector<RawResource>& raws,
                                                        const ResourceContext& context,
                                                        Problems& problems) {
    std::vector<resource::ResourceSettings> checked;
    UniqueNames paths("path", problems);
    UniqueNames server_ids("server_id", problems);
    TrustReader trusts(context.environment, problems);
    token::ScopeSet own_scopes;
    if (context.auth != nullptr) own_scopes = oauth::known_scopes(*context.auth);
    for (const RawResource& raw : raws) {
        paths.check(raw.path);
        const auto identifier = check_path(raw.path, context, problems);
        check_upstream(raw, problems);
        const auto elsewhere = check_identifier(raw.identifier, problems);
        resource::ResourceSettings resource{
            .path = *raw.path,
            .identifier = elsewhere.value_or(identifier.value_or(nowhere())),
            .issuer = context.auth != nullptr ? context.auth->issuer : std::string(),
            .upstream = *raw.upstream,
            .upstream_trust = trusts.read(raw.upstream, raw.upstream_ca)};
        const auto verify = check_verify(raw, context, problems);
        // Another authorization server has scopes of its own.
        const auto* scopes =
            verify == Verify::local && context.auth != nullptr ? &own_scopes : nullptr;
        resource.required_scopes = check_scopes(raw.required_scopes, scopes, problems);
        resource.scopes_supported = check_scopes(raw.scopes_supported, scopes, problems);
        if (resource.scopes_supported.empty()) {
            resource.scopes_supported = resource.required_scopes;
        }
        if (raw.introspection) {
            resource.introspection =
                check_introspection(*raw.introspection, context, resource.issuer, problems);
            resource.introspection->trust =
                trusts.read(raw.introspection->endpoint, raw.introspection->ca);
        }
        if (raw.jwt && verify == Verify::jwt) {
            resource.jwt = check_jwt(*raw.jwt, context.server.insecure_http, trusts, problems);
            resource.issuer = resource.jwt->issuer;
        }
        if (raw.friction) resource.friction = check_friction(*raw.friction, problems);
        resource.tool_changes = check_tool_changes(raw, problems);
        resource.tool_change_friction = *raw.tool_change_friction;
        resource.rules = check_access_rules(raw, scopes, problems);
        resource.default_action =
            choose(raw.default_action, rule_actions, problems).value_or(resource::RuleAction::deny);
        resource.name = raw.name->empty() ? *raw.path : check_line(raw.name, problems);
        resource.timeout = check_range<Duration>(raw.timeout, 10ms, 24h, problems);
        resource.connect_timeout = check_range<Duration>(raw.connect_timeout, 10ms, 1min, problems);
        resource.server_id = check_server_id(raw.server_id, server_ids, problems);
        if (identifier) checked.push_back(std::move(resource));
    }
    return checked;
}

}  // namespace sluice::config
