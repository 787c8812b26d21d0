// A person with a browser before an authorization server, and the client that sent them there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/form.h"
#include "tests/support/oauth_server.h"
#include "tests/support/oauth_settings.h"

namespace sluice::oauth_test {

/// Parameters of a request, in order of their names; an empty value leaves one out.
using Parameters = std::map<std::string, std::string>;

inline std::string encode(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
        if (!value.empty()) http::append_form_parameter(text, name, value);
    }
    return text;
}

/// A complete authorization request of "pub".
inline Parameters authorization_request() {
    return {{"response_type", "code"},
            {"client_id", "pub"},
            {"redirect_uri", "http://127.0.0.1:7777/cb"},
            {"state", "af0ifjsldkj"},
            {"scope", "mcp:read mcp:write"},
            {"resource", std::string(mcp)},
            {"code_challenge", std::string(challenge)},
            {"code_challenge_method", "S256"}};
}

/// A parameter of a location's query, decoded; nothing where it is absent.
inline std::optional<std::string> query_value(std::string_view location, std::string_view name) {
    const std::size_t mark = location.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    http::Form form;
    const std::string query(location.substr(mark + 1));
    if (!form.parse(query)) return std::nullopt;
    const auto value = form.get(name);
    if (!value) return std::nullopt;
    return std::string(*value);
}

class Browser {
public:
    explicit Browser(Servers& servers, unsigned shard = 0) : servers_(servers), shard_(shard) {}

    Answer get(std::string_view query) {
        return send({http::Method::get, std::string("/authorize?").append(query)});
    }
    Answer get(const Parameters& parameters) { return get(encode(parameters)); }

    Answer post(std::string_view query, const Parameters& form) {
        return send(form_post(std::string("/authorize?").append(query), encode(form)));
    }

    /// Fills in the page's form and sends it.
    Answer submit(const Answer& page, std::string_view query, Parameters form) {
        form["form_token"] = form_token(page);
        return post(query, form);
    }

    /// From the request to the consent page, signing in where that is asked for.
    Answer walk_to_consent(const std::string& query, std::string_view username = "alice") {
        Answer page = get(query);
        if (!page.body().contains("name=\"password\"")) return page;
        const Answer signed_in = submit(page, query,
                                        {{"action", "login"},
                                         {"username", std::string(username)},
                                         {"password", std::string(password)}});
        EXPECT_EQ(signed_in.status(), 303) << signed_in.body();
        const std::string location = signed_in.field("Location");
        query_ = location.substr(location.find('?') + 1);
        return get(query_);
    }
    /// The whole way: the answer that leads back to the client.
    Answer authorize(const Parameters& parameters, std::string_view username = "alice") {
        query_ = encode(parameters);
        const Answer page = walk_to_consent(query_, username);
        EXPECT_EQ(page.status(), 200) << page.body();
        return submit(page, query_, {{"action", "allow"}});
    }
    std::string code(const Parameters& parameters = authorization_request()) {
        const Answer answer = authorize(parameters);
        EXPECT_EQ(answer.status(), 303) << answer.body();
        return query_value(answer.field("Location"), "code").value_or("");
    }

    static std::string form_token(const Answer& page) {
        const std::string mark = "name=\"form_token\" value=\"";
        const std::size_t at = page.body().find(mark);
        if (at == std::string::npos) return {};
        const std::size_t begin = at + mark.size();
        return page.body().substr(begin, page.body().find('"', begin) - begin);
    }

    std::string cookie;                 // "name=value"; what the next request sends
    std::string address = "192.0.2.1";  // where it sends from

private:
    Answer send(Sent sent) {
        if (!cookie.empty()) sent.field("Cookie", cookie);
        sent.from(address);
        Answer answer = servers_.call("authorize", sent, shard_);
        const std::string set = answer.field("Set-Cookie");
        if (!set.empty()) cookie = set.substr(0, set.find(';'));
        return answer;
    }

    Servers& servers_;
    unsigned shard_;
    std::string query_;  // of the page that is shown
};

/// The client's side.
class TokenClient {
public:
    explicit TokenClient(Servers& servers, unsigned shard = 0) : servers_(servers), shard_(shard) {}

    Answer token(const Parameters& parameters, std::string_view authorization = {}) {
        return servers_.call("token", request(parameters, authorization), shard_);
    }
    static Sent request(const Parameters& parameters, std::string_view authorization = {}) {
        auto post = form_post("/token", encode(parameters));
        if (!authorization.empty()) post.field("Authorization", authorization);
        return post;
    }
    static Parameters code_request(std::string_view code, std::string_view client_id = "pub") {
        return {{"grant_type", "authorization_code"},
                {"code", std::string(code)},
                {"client_id", std::string(client_id)},
                {"redirect_uri", "http://127.0.0.1:7777/cb"},
                {"code_verifier", std::string(verifier)}};
    }
    static Parameters refresh_request(std::string_view refresh_token,
                                      std::string_view client_id = "pub") {
        return {{"grant_type", "refresh_token"},
                {"refresh_token", std::string(refresh_token)},
                {"client_id", std::string(client_id)}};
    }
    /// Signs alice in and gives the tokens of "pub".
    Answer sign_in(const Parameters& parameters = authorization_request()) {
        Browser browser(servers_, shard_);
        const Answer tokens = token(code_request(browser.code(parameters)));
        EXPECT_EQ(tokens.status(), 200) << tokens.body();
        return tokens;
    }
    /// What the resource server "rs" is told.
    Answer introspect(std::string_view token_text) {
        auto post = form_post("/introspect", encode({{"token", std::string(token_text)}}));
        post.field("Authorization", basic("rs", rs_secret));
        return servers_.call("introspect", std::move(post), shard_);
    }
    bool is_active(std::string_view token_text) {
        return introspect(token_text).json("active") == "true";
    }

private:
    Servers& servers_;
    unsigned shard_;
};

}  // namespace sluice::oauth_test
