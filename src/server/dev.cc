#include "server/dev.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "io/address.h"
#include "server/dev_paths.h"
#include "server/storage/key_file.h"

namespace sluice::server {
namespace {

constexpr std::string_view script_client = "demo-script";

std::string random_text(Random& random, std::size_t bytes) {
    std::string raw(bytes, '\0');
    random.fill(std::as_writable_bytes(std::span(raw)));
    return crypto::base64url(raw);
}

/// The same in every run over one file, whose key it is derived from: another password would end
/// what was granted before.
std::expected<std::string, std::string> make_up_password(const std::string& storage,
                                                         Random& random) {
    constexpr std::size_t bytes = 9;
    if (storage.empty()) return random_text(random, bytes);
    const std::string file = storage + ".key";
    std::error_code ignored;
    const bool has_key = std::filesystem::exists(file, ignored);
    // Of a database that has lost its key is told when it is opened.
    if (!has_key && std::filesystem::exists(storage, ignored)) return random_text(random, bytes);
    TRY(const std::vector<Secret> keys,
        has_key ? read_key_file(file) : make_key_file(file, random));
    const crypto::Digest digest = crypto::hmac_sha256(keys.front().reveal(), "dev password");
    return crypto::base64url(crypto::as_text(digest).substr(0, bytes));
}

/// A TOML basic string holds what a JSON string holds.
std::string toml_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

struct Values {
    std::string listen;
    std::string url;
    std::string username;
    std::string password;
    std::string script_secret;
    std::string upstream;
    bool loopback = true;
    std::string storage;  // a file; empty: nothing is kept
    std::string admin;    // an address; empty: no page for operators
};

std::string storage_toml(const Values& values) {
    if (values.storage.empty()) return "engine = \"memory\"";
    return fmt::format("engine = \"sqlite\"\npath = {}", toml_string(values.storage));
}

std::string admin_toml(const Values& values) {
    if (values.admin.empty()) return "";
    return fmt::format(R"(
[admin]
listen = [{}]

[[admin.operator]]
name = {}
password = {}
)",
                       toml_string(values.admin), toml_string(values.username),
                       toml_string(values.password));
}

std::string to_toml(const Values& values) {
    std::string toml = fmt::format(
        R"([server]
listen = [{listen}]
public_url = {url}
insecure_http = {insecure}
allowed_origins = ["http://localhost:6274", "http://127.0.0.1:6274"]  # MCP Inspector

[log]
level = "warning"
format = "text"

[storage]
{storage}

[auth]
issuer = {url}
default_scope = "mcp:read"
registration = "open"

[auth.scopes]
"mcp:read" = "Read what the server offers"
"mcp:write" = "Create, change and delete things"
"offline_access" = "Stay signed in"

[[auth.user]]
username = {username}
password = {password}

[[auth.client]]
client_id = "{script}"
client_name = "Demo script"
client_secret = {secret}
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "mcp:read mcp:write"
introspect = true
)",
        fmt::arg("listen", toml_string(values.listen)), fmt::arg("url", toml_string(values.url)),
        fmt::arg("insecure", !values.loopback), fmt::arg("username", toml_string(values.username)),
        fmt::arg("password", toml_string(values.password)), fmt::arg("script", script_client),
        fmt::arg("secret", toml_string(values.script_secret)),
        fmt::arg("storage", storage_toml(values)));
    toml += admin_toml(values);
    toml += fmt::format(R"(
[[resource]]
path = "/mcp"
name = "Demo"
upstream = {upstream}
verify = "local"
required_scopes = ["mcp:read"]
scopes_supported = ["mcp:read", "mcp:write"]

[[resource.tool]]
match = "(create|update|delete)_.*"
scopes = ["mcp:write"]

[[resource.tool]]
match = ".*"
scopes = ["mcp:read"]

[resource.friction]
enabled = true
mode = "block"

[resource.friction.tools.delete_note]
target_rate = 0.03

[resource.friction.tools.update_note]
target_rate = 0.10
)",
                        fmt::arg("upstream", toml_string(values.upstream)));
    return toml;
}

std::string greeting(const Values& values) {
    const std::string admin =
        values.admin.empty()
            ? ""
            : fmt::format("\n  admin page   http://{}/admin  (same name and password)",
                          values.admin);
    const std::string kept =
        values.storage.empty()
            ? "Nothing is kept: everything is gone when this ends (Ctrl-C)."
            : fmt::format(
                  "Clients, tokens and friction are kept in {} for the next run; "
                  "--memory keeps nothing.",
                  values.storage);
    return fmt::format(R"text(
Sluice is running. Sign in as  {user}  with password  {password}

  MCP server   {url}/mcp
  Claude Code  claude mcp add --transport http demo {url}/mcp
  others       {{"mcpServers": {{"demo": {{"type": "http", "url": "{url}/mcp"}}}}}}{admin}

Without a client, paste this: no token gives 401 and says where to get one; a token gives tools; overuse meets friction.

  curl -s -o /dev/null -D - {url}/mcp -d '{{}}'
  TOKEN=$(curl -s {url}/token -u {script}:{secret} -d grant_type=client_credentials --data-urlencode 'scope=mcp:read mcp:write' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  call() {{ curl -s {url}/mcp -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d "$1"; echo; }}
  call '{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"list_notes","arguments":{{}}}}}}'
  for i in $(seq 40); do call '{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"delete_note","arguments":{{"id":"x"}}}}}}'; done

{kept}

)text",
                       fmt::arg("url", values.url), fmt::arg("user", values.username),
                       fmt::arg("password", values.password), fmt::arg("script", script_client),
                       fmt::arg("secret", values.script_secret), fmt::arg("admin", admin),
                       fmt::arg("kept", kept));
}

std::string describe(const std::vector<config::Problem>& problems) {
    std::string text;
    for (const config::Problem& problem : problems)
        text += fmt::format("{}: {}\n", problem.key, problem.text);
    return text;
}

}  // namespace

std::expected<DevSetup, std::string> set_up_dev(const DevCommand& command,
                                                const std::string& notes_url, Random& random) {
    const auto address = io::Address::parse(command.listen);
    if (!address || address->port() == 0) {
        return std::unexpected(fmt::format(
            "--listen {}: give an address and a port, such as 127.0.0.1:8080 or [::1]:8080",
            command.listen));
    }
    const std::string ip = address->ip_text();
    if (ip == "0.0.0.0" || ip == "::") {
        return std::unexpected(fmt::format(
            "--listen {}: clients need the address that they reach this machine by; give that one, "
            "or use `sluice serve` with server.public_url",
            command.listen));
    }
    auto storage = find_dev_storage(command);
    if (!storage) return std::unexpected(storage.error());
    Values values{.listen = command.listen,
                  .url = "http://" + address->text(),
                  .username = command.username,
                  .password = std::string(command.password.reveal()),
                  .script_secret = random_text(random, 32),
                  .upstream = command.upstream.value_or(notes_url),
                  .loopback = ip.starts_with("127.") || ip == "::1",
                  .storage = *std::move(storage),
                  .admin = find_dev_admin_address()};
    if (values.password.empty()) {
        TRY(values.password, make_up_password(values.storage, random));
    }
    const config::ProcessEnvironment environment(".");
    auto config = config::parse_config(to_toml(values), environment);
    if (!config) return std::unexpected(describe(config.error()));
    return DevSetup{*std::move(config), greeting(values)};
}

}  // namespace sluice::server
