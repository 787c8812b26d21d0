#include "tests/sim/oauth_actor.h"

#include "http/form.h"

namespace sluice::simulation {
namespace {

// RFC 7636 appendix B.
constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::string_view redirect_uri = "http://127.0.0.1:7777/cb";

std::string authorize_query() {
    return encode({{"response_type", "code"},
                   {"client_id", "pub"},
                   {"redirect_uri", std::string(redirect_uri)},
                   {"state", "af0ifjsldkj"},
                   {"scope", "mcp:read mcp:write"},
                   {"resource", "http://127.0.0.1:8080/mcp"},
                   {"code_challenge", std::string(challenge)},
                   {"code_challenge_method", "S256"}});
}

std::string between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return "";
    const std::size_t begin = at + before.size();
    return std::string(text.substr(begin, text.find(after, begin) - begin));
}

/// A browser's memory: one cookie.
struct Browser {
    io::Shard& shard;
    std::string cookie;

    io::Task<HttpAnswer> get(std::string target) {
        std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n";
        if (!cookie.empty()) request += "Cookie: " + cookie + "\r\n";
        co_return co_await send(request + "\r\n");
    }
    io::Task<HttpAnswer> submit(std::string target, HttpAnswer page, Form form) {
        form["form_token"] = between(page.body, "name=\"form_token\" value=\"", "\"");
        co_return co_await send(form_post(target, form, cookie));
    }
    io::Task<HttpAnswer> send(std::string request) {
        HttpAnswer answer = co_await ask_once(shard, std::move(request));
        const std::string set = answer.field("set-cookie");
        if (!set.empty()) cookie = set.substr(0, set.find(';'));
        co_return answer;
    }
};

io::Task<void> ask_into(io::Shard& shard, std::string request, HttpAnswer& answer) {
    answer = co_await ask_once(shard, std::move(request));
}

}  // namespace

std::string encode(const Form& form) {
    std::string text;
    for (const auto& [name, value] : form) http::append_form_parameter(text, name, value);
    return text;
}

std::string json_string(std::string_view json, std::string_view name) {
    return between(json, "\"" + std::string(name) + "\":\"", "\"");
}

io::Task<HttpAnswer> ask_once(io::Shard& shard, std::string request) {
    HttpAnswer answer;
    const auto peer = co_await BytePeer::connect(shard, sluice_address);
    if (peer == nullptr) co_return answer;
    if (co_await peer->send(std::move(request))) answer = co_await read_answer(*peer);
    if (!answer.complete) answer = {};
    co_await peer->close();
    co_return answer;
}

io::Task<std::vector<HttpAnswer>> ask_in_parallel(io::Shard& shard,
                                                  std::vector<std::string> requests) {
    std::vector<HttpAnswer> answers(requests.size());
    io::TaskGroup tasks;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        tasks.spawn(ask_into(shard, std::move(requests[i]), answers[i]));
    }
    co_await tasks.join();
    co_return answers;
}

std::string form_post(std::string_view target, const Form& form, std::string_view cookie) {
    const std::string body = encode(form);
    std::string text = "POST " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n";
    if (!cookie.empty()) text += "Cookie: " + std::string(cookie) + "\r\n";
    text += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
    return text + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string token_request(const Form& form) {
    return form_post("/token", form);
}

std::string refresh_request(std::string_view refresh_token) {
    return token_request({{"grant_type", "refresh_token"},
                          {"client_id", "pub"},
                          {"refresh_token", std::string(refresh_token)}});
}

std::string code_request(std::string_view code) {
    return token_request({{"grant_type", "authorization_code"},
                          {"client_id", "pub"},
                          {"code", std::string(code)},
                          {"redirect_uri", std::string(redirect_uri)},
                          {"code_verifier", std::string(verifier)}});
}

std::string introspect_request(std::string_view token) {
    return form_post("/introspect",
                     {{"client_id", "rs"},
                      {"client_secret", "rs-secret-0123456789abcdef0123456789abcdef01"},
                      {"token", std::string(token)}});
}

std::string revoke_request(std::string_view token) {
    return form_post("/revoke", {{"client_id", "pub"}, {"token", std::string(token)}});
}

std::string tool_call(std::string_view access_token, std::string_view tool, std::uint64_t id) {
    const std::string body = "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) +
                             ",\"method\":\"tools/call\",\"params\":{\"name\":\"" +
                             std::string(tool) + "\",\"arguments\":{}}}";
    return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Bearer " +
           std::string(access_token) +
           "\r\nContent-Type: application/json\r\n"
           "Accept: application/json, text/event-stream\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

io::Task<std::string> get_code(io::Shard& shard) {
    Browser browser{shard, {}};
    const std::string target = "/authorize?" + authorize_query();
    const HttpAnswer login = co_await browser.get(target);
    const HttpAnswer signed_in = co_await browser.submit(
        target, login, {{"action", "login"}, {"username", "alice"}, {"password", "correct horse"}});
    const std::string location = signed_in.field("location");
    if (location.empty()) co_return "";
    const HttpAnswer consent = co_await browser.get(location);
    const HttpAnswer allowed = co_await browser.submit(location, consent, {{"action", "allow"}});
    co_return between(allowed.field("location"), "code=", "&");
}

std::string device_poll_request(std::string_view device_code) {
    return token_request({{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                          {"client_id", "tv"},
                          {"device_code", std::string(device_code)}});
}

io::Task<DeviceCodes> get_device_codes(io::Shard& shard) {
    const HttpAnswer answer =
        co_await ask_once(shard, form_post("/device_authorization", {{"client_id", "tv"}}));
    co_return DeviceCodes{json_string(answer.body, "device_code"),
                          json_string(answer.body, "user_code")};
}

io::Task<std::vector<HttpAnswer>> decide_device(io::Shard& shard, std::string user_code,
                                                std::vector<std::string> actions) {
    Browser browser{shard, {}};
    const std::string target = "/device?code=" + user_code;
    const HttpAnswer login = co_await browser.get(target);
    co_await browser.submit(
        target, login, {{"action", "login"}, {"username", "alice"}, {"password", "correct horse"}});
    const HttpAnswer consent = co_await browser.get(target);
    const std::string token = between(consent.body, "name=\"form_token\" value=\"", "\"");
    std::vector<std::string> requests;
    for (const std::string& action : actions) {
        requests.push_back(
            form_post(target, {{"action", action}, {"form_token", token}}, browser.cookie));
    }
    co_return co_await ask_in_parallel(shard, std::move(requests));
}

Tokens tokens_of(const HttpAnswer& answer) {
    if (answer.status != 200) return {};
    return {json_string(answer.body, "access_token"), json_string(answer.body, "refresh_token")};
}

io::Task<Tokens> sign_in(io::Shard& shard) {
    for (int i = 0; i < 50; ++i) {
        const std::string code = co_await get_code(shard);
        if (code.empty()) continue;
        const Tokens tokens = tokens_of(co_await ask_once(shard, code_request(code)));
        if (tokens) co_return tokens;
    }
    co_return Tokens{};
}

io::Task<int> is_active(io::Shard& shard, std::string token) {
    const HttpAnswer answer = co_await ask_once(shard, introspect_request(token));
    if (answer.status != 200) co_return -1;
    co_return answer.body.starts_with("{\"active\":true") ? 1 : 0;
}

}  // namespace sluice::simulation
