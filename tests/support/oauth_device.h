// A device and a person before an authorization server (RFC 8628).
#pragma once

#include <string>
#include <string_view>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {

inline constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";

/// test_settings(), and "tv", a public client of the device grant alone.
inline oauth::Settings device_settings() {
    oauth::Settings settings = test_settings();
    oauth::ClientSetting tv;
    tv.client_id = "tv";
    tv.client_name = "Television";
    tv.grant_types = {oauth::GrantType::device_code, oauth::GrantType::refresh_token};
    tv.scope = scopes("mcp:read mcp:write offline_access");
    settings.clients.push_back(tv);
    tv.client_id = "radio";
    settings.clients.push_back(tv);
    return settings;
}

class Device {
public:
    explicit Device(Servers& servers, std::string_view client_id = "tv", unsigned shard = 0)
        : servers_(servers), client_id_(client_id), shard_(shard) {}

    Answer ask(Parameters parameters = {}) {
        parameters.try_emplace("client_id", client_id_);
        auto post = form_post("/device_authorization", encode(parameters));
        post.field("User-Agent", "Television/1.0").from("198.51.100.7");
        Answer answer = servers_.call("device_authorization", std::move(post), shard_);
        device_code = answer.json("device_code");
        user_code = answer.json("user_code");
        return answer;
    }
    Parameters poll_request() const {
        return {{"grant_type", std::string(device_grant)},
                {"device_code", device_code},
                {"client_id", client_id_}};
    }
    Answer poll() { return TokenClient(servers_, shard_).token(poll_request()); }

    std::string device_code;
    std::string user_code;

private:
    Servers& servers_;
    std::string client_id_;
    unsigned shard_;
};

/// The person at /device.
class DeviceBrowser {
public:
    explicit DeviceBrowser(Servers& servers, unsigned shard = 0)
        : servers_(servers), shard_(shard) {}

    Answer get(std::string_view code) {
        return send({http::Method::get, std::string("/device").append(query_of(code))});
    }
    Answer type(std::string_view code) {
        return send(
            form_post("/device", encode({{"action", "code"}, {"code", std::string(code)}})));
    }
    Answer submit(const Answer& page, std::string_view code, Parameters form) {
        form["form_token"] = Browser::form_token(page);
        return post(code, form);
    }
    Answer post(std::string_view code, const Parameters& form) {
        return send(form_post(std::string("/device").append(query_of(code)), encode(form)));
    }
    /// The page that asks, signing in where that is asked for.
    Answer walk_to_consent(std::string_view code, std::string_view username = "alice") {
        const Answer page = get(code);
        if (!page.body().contains("name=\"password\"")) return page;
        const Answer signed_in = submit(page, code,
                                        {{"action", "login"},
                                         {"username", std::string(username)},
                                         {"password", std::string(password)}});
        EXPECT_EQ(signed_in.status(), 303) << signed_in.body();
        return get(code);
    }
    Answer decide(std::string_view code, std::string_view action) {
        return submit(walk_to_consent(code), code, {{"action", std::string(action)}});
    }

    std::string cookie;
    std::string address = "192.0.2.1";

private:
    static std::string query_of(std::string_view code) {
        return code.empty() ? "" : "?" + encode({{"code", std::string(code)}});
    }
    Answer send(Sent sent) {
        if (!cookie.empty()) sent.field("Cookie", cookie);
        sent.from(address);
        Answer answer = servers_.call("device", sent, shard_);
        const std::string set = answer.field("Set-Cookie");
        if (!set.empty()) cookie = set.substr(0, set.find(';'));
        return answer;
    }

    Servers& servers_;
    unsigned shard_;
};

}  // namespace sluice::oauth_test
