#include "loadgen/scenarios/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "http/form.h"

namespace sluice::loadgen {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view protocol_version = "2025-11-25";  // of MCP
constexpr std::string_view program = "sluice-loadgen";

const Credentials& caller_of(const OauthSettings& oauth) {
    return oauth.caller ? *oauth.caller : oauth.client;
}

void set_form(RequestParts& parts, std::string body, const Credentials& as) {
    parts.method = "POST";
    parts.fields.emplace_back("Content-Type", form_type);
    parts.fields.emplace_back("Authorization", basic_authorization(as));
    parts.body = std::move(body);
    parts.has_body = true;
}

void set_json(RequestParts& parts, std::string body) {
    parts.method = "POST";
    parts.fields.emplace_back("Content-Type", json_type);
    parts.body = std::move(body);
    parts.has_body = true;
}

std::string token_body(const OauthSettings& oauth) {
    std::string body = "grant_type=client_credentials";
    if (!oauth.scope.empty()) http::append_form_parameter(body, "scope", oauth.scope);
    if (!oauth.resource.empty()) http::append_form_parameter(body, "resource", oauth.resource);
    return body;
}

std::string decision_body(const Settings& settings) {
    const std::string resource =
        settings.oauth.resource.empty() ? settings.url->origin() + "/mcp" : settings.oauth.resource;
    std::string body;
    JsonWriter(body)
        .begin_object()
        .member("token", "{{token}}")
        .member("resource", resource)
        .member("tool", settings.oauth.tool)
        .end_object();
    return body;
}

std::string call_body(const OauthSettings& oauth) {
    std::string tool;
    append_json_string(tool, oauth.tool);
    return fmt::format(R"({{"jsonrpc":"2.0","id":{{{{n}}}},"method":"tools/call",)"
                       R"("params":{{"name":{},"arguments":{}}}}})",
                       tool, oauth.arguments);
}

RequestParts own_parts(ScenarioKind kind, const Settings& settings, Expectation& expectation) {
    RequestParts parts;
    const OauthSettings& oauth = settings.oauth;
    const auto under = [&](std::string_view path) { return target_under(*settings.url, path); };
    switch (kind) {
        case ScenarioKind::introspect:
            parts.target = under("/introspect");
            set_form(parts, "token={{token}}", caller_of(oauth));
            expectation.text = R"("active":true)";
            break;
        case ScenarioKind::token:
            parts.target = under("/token");
            set_form(parts, token_body(oauth), oauth.client);
            expectation.text = R"("access_token":)";
            break;
        case ScenarioKind::decision:
            parts.target = under("/v1/decision");
            set_json(parts, decision_body(settings));
            parts.fields.emplace_back("Authorization", basic_authorization(caller_of(oauth)));
            expectation.text = R"("allowed":true)";
            break;
        case ScenarioKind::tools_call:
            parts.target = under("/mcp");
            set_json(parts, call_body(oauth));
            parts.fields.emplace_back("Accept", "application/json, text/event-stream");
            parts.fields.emplace_back("MCP-Protocol-Version", protocol_version);
            parts.fields.emplace_back("Authorization", "Bearer {{token}}");
            expectation.text = R"("result":)";
            break;
        case ScenarioKind::idle_streams:
            parts.target = under("/mcp");
            parts.fields.emplace_back("Accept", "text/event-stream");
            parts.fields.emplace_back("MCP-Protocol-Version", protocol_version);
            parts.fields.emplace_back("Authorization", "Bearer {{token}}");
            break;
        case ScenarioKind::post:
            parts.method = "POST";
            parts.has_body = true;
            [[fallthrough]];
        default:
            parts.target = settings.url->target();
            expectation.status = 0;
    }
    return parts;
}

void set_field(RequestParts& parts, const std::string& name, const std::string& value) {
    const auto same = [&](const auto& field) { return equal_ignoring_case(field.first, name); };
    std::erase_if(parts.fields, same);
    parts.fields.emplace_back(name, value);
}

void override_with(const RequestSettings& given, RequestParts& parts, Expectation& expectation) {
    if (given.path) parts.target = *given.path;
    if (given.body) {
        parts.body = *given.body;
        parts.has_body = true;
    }
    if (given.method) parts.method = *given.method;
    for (const auto& [name, value] : given.fields) set_field(parts, name, value);
    if (given.expect_status) expectation.status = *given.expect_status;
    if (given.expect_text) expectation.text = *given.expect_text;
}

std::expected<ScenarioRequest, std::string> compile(RequestParts parts, Expectation expectation,
                                                    const Settings& settings) {
    parts.host = settings.url->authority();
    parts.close = settings.new_connections;
    const auto is_agent = [](const auto& f) { return equal_ignoring_case(f.first, "user-agent"); };
    if (std::ranges::none_of(parts.fields, is_agent)) {
        parts.fields.emplace_back("User-Agent", program);
    }
    TRY(RequestTemplate request, RequestTemplate::compile(parts));
    return ScenarioRequest{std::move(request), std::move(expectation)};
}

}  // namespace

std::expected<ScenarioRequest, std::string> request_of(ScenarioKind kind,
                                                       const Settings& settings) {
    Expectation expectation;
    RequestParts parts = own_parts(kind, settings, expectation);
    if (settings.mix.empty()) override_with(settings.request, parts, expectation);
    return compile(std::move(parts), std::move(expectation), settings);
}

std::expected<ScenarioRequest, std::string> token_request(const Settings& settings) {
    Settings keeping = settings;
    keeping.new_connections = false;
    Expectation expectation;
    RequestParts parts = own_parts(ScenarioKind::token, keeping, expectation);
    return compile(std::move(parts), std::move(expectation), keeping);
}

std::string basic_authorization(const Credentials& credentials) {
    std::string pair;
    http::append_form_encoded(pair, credentials.id);
    pair += ':';
    http::append_form_encoded(pair, credentials.secret);
    std::string text = crypto::base64_unpadded(pair);
    while (text.size() % 4 != 0) text += '=';
    return "Basic " + text;
}

std::string target_under(const http::HttpUrl& url, std::string_view path) {
    std::string_view base = url.path();
    while (base.ends_with('/')) base.remove_suffix(1);
    return std::string(base).append(path);
}

bool needs_tokens(ScenarioKind kind) {
    return kind == ScenarioKind::introspect || kind == ScenarioKind::decision ||
           kind == ScenarioKind::tools_call || kind == ScenarioKind::idle_streams;
}

}  // namespace sluice::loadgen
