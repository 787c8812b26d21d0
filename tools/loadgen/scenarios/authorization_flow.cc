#include "loadgen/scenarios/authorization_flow.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "http/form.h"
#include "loadgen/scenarios/requests.h"
#include "loadgen/scenarios/single_request.h"

namespace sluice::loadgen {
namespace {

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin + before.size());
    return text.substr(0, text.find(after));
}

/// Text of an attribute: what our own pages escape, the other way round.
std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        bool found = false;
        for (const auto& [escape, meaning] : {std::pair<std::string_view, char>{"&amp;", '&'},
                                              {"&lt;", '<'},
                                              {"&gt;", '>'},
                                              {"&quot;", '"'},
                                              {"&#39;", '\''}}) {
            if (!text.starts_with(escape)) continue;
            out += meaning;
            text.remove_prefix(escape.size());
            found = true;
            break;
        }
        if (found) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

std::string query_parameter(std::string_view url, std::string_view name) {
    const std::size_t question = url.find('?');
    http::Form query;
    if (question == std::string_view::npos || !query.parse(url.substr(question + 1))) return {};
    return std::string(query.get(name).value_or(std::string_view{}));
}

}  // namespace

std::string hidden_inputs(std::string_view page) {
    constexpr std::string_view input = "<input type=\"hidden\" ";
    std::string body;
    for (std::size_t at = page.find(input); at != std::string_view::npos;
         at = page.find(input, at + 1)) {
        const std::string_view tag = page.substr(at, page.find('>', at) - at);
        http::append_form_parameter(body, unescaped(between(tag, "name=\"", "\"")),
                                    unescaped(between(tag, "value=\"", "\"")));
    }
    return body;
}

AuthorizationFlow::AuthorizationFlow(const Settings& settings, unsigned users, std::uint64_t seed,
                                     std::vector<std::string>* refresh_tokens)
    : operations_{"authorize: page", "authorize: sign-in", "authorize: consent",
                  "authorize: token"},
      oauth_(settings.oauth),
      origin_(settings.url->origin()),
      host_(settings.url->authority()),
      authorize_target_(target_under(*settings.url, "/authorize")),
      token_target_(target_under(*settings.url, "/token")),
      close_(settings.new_connections),
      random_(seed + 1000),
      users_(users),
      refresh_tokens_(refresh_tokens) {}

std::string AuthorizationFlow::random_text() {
    std::string text;
    while (text.size() < 43) text += fmt::format("{:016x}", random_.next());
    text.resize(43);
    return text;
}

void AuthorizationFlow::write(std::string& out, const User& user, std::string_view method,
                              std::string_view target, std::string_view body) const {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "{} {} HTTP/1.1\r\nHost: {}\r\n", method, target, host_);
    if (!user.cookies.empty()) {
        std::string cookies;
        for (const auto& [name, value] : user.cookies) {
            cookies += fmt::format("{}{}={}", cookies.empty() ? "" : "; ", name, value);
        }
        fmt::format_to(to, "Cookie: {}\r\n", cookies);
    }
    if (close_) out += "Connection: close\r\n";
    if (method == "POST") {
        fmt::format_to(to,
                       "Origin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: {}\r\n",
                       origin_, body.size());
    }
    out.append("\r\n").append(body);
}

OperationId AuthorizationFlow::begin(unsigned index, std::string& out) {
    User& user = users_[index];
    if (!oauth_.stay_signed_in) user.cookies.clear();
    user.verifier = random_text();
    user.state = random_text();
    std::string query;
    http::append_form_parameter(query, "response_type", "code");
    http::append_form_parameter(query, "client_id", oauth_.public_client);
    http::append_form_parameter(query, "redirect_uri", oauth_.redirect_uri);
    http::append_form_parameter(query, "code_challenge",
                                crypto::base64url(crypto::sha256(user.verifier)));
    http::append_form_parameter(query, "code_challenge_method", "S256");
    http::append_form_parameter(query, "state", user.state);
    const std::string& scope = oauth_.flow_scope.empty() ? oauth_.scope : oauth_.flow_scope;
    if (!scope.empty()) http::append_form_parameter(query, "scope", scope);
    if (!oauth_.resource.empty()) {
        http::append_form_parameter(query, "resource", oauth_.resource);
    }
    user.target = fmt::format("{}?{}", authorize_target_, query);
    write(out, user, "GET", user.target, {});
    return open_page;
}

void AuthorizationFlow::keep_cookies(User& user, const Answer& answer) const {
    for (const http::Field& field : answer.fields) {
        if (!equal_ignoring_case(field.name, "set-cookie")) continue;
        const std::string_view pair = field.value.substr(0, field.value.find(';'));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        user.cookies.insert_or_assign(std::string(pair.substr(0, equals)),
                                      std::string(pair.substr(equals + 1)));
    }
}

Verdict AuthorizationFlow::on_answer(unsigned index, OperationId operation, const Answer& answer,
                                     std::string& out) {
    if (operation == redeem) return finish(answer);
    User& user = users_[index];
    keep_cookies(user, answer);
    if (answer.status == 302 || answer.status == 303) {
        const auto location = http::find_field(answer.fields, "location");
        return location ? follow(user, *location, out) : Verdict::failed(Failure::content);
    }
    if (answer.status != 200) return Verdict::failed(status_failure(answer.status));
    return fill_in(user, operation, answer.body, out);
}

Verdict AuthorizationFlow::follow(User& user, std::string_view location, std::string& out) {
    if (!location.starts_with(oauth_.redirect_uri)) {
        if (location.starts_with(origin_)) location.remove_prefix(origin_.size());
        if (!location.starts_with('/')) return Verdict::failed(Failure::content);
        user.target = location;
        write(out, user, "GET", user.target, {});
        return Verdict::more(open_page);
    }
    const std::string code = query_parameter(location, "code");
    if (code.empty() || query_parameter(location, "state") != user.state) {
        return Verdict::failed(Failure::content);
    }
    std::string body = "grant_type=authorization_code";
    http::append_form_parameter(body, "code", code);
    http::append_form_parameter(body, "redirect_uri", oauth_.redirect_uri);
    http::append_form_parameter(body, "code_verifier", user.verifier);
    http::append_form_parameter(body, "client_id", oauth_.public_client);
    write(out, User{}, "POST", token_target_, body);  // the application's, not the browser's
    return Verdict::more(redeem);
}

Verdict AuthorizationFlow::fill_in(User& user, OperationId operation, std::string_view page,
                                   std::string& out) {
    std::string body = hidden_inputs(page);
    if (page.find("type=\"password\"") != std::string_view::npos) {
        if (operation == sign_in) return Verdict::failed(Failure::content);  // a wrong password
        http::append_form_parameter(body, "username", oauth_.user.id);
        http::append_form_parameter(body, "password", oauth_.user.secret);
        http::append_form_parameter(body, "action", "login");
        write(out, user, "POST", user.target, body);
        return Verdict::more(sign_in);
    }
    if (operation == consent || page.find("value=\"allow\"") == std::string_view::npos) {
        return Verdict::failed(Failure::content);
    }
    http::append_form_parameter(body, "action", "allow");
    write(out, user, "POST", user.target, body);
    return Verdict::more(consent);
}

Verdict AuthorizationFlow::finish(const Answer& answer) {
    if (answer.status != 200) return Verdict::failed(status_failure(answer.status));
    if (json_text_member(answer.body, "access_token").empty()) {
        return Verdict::failed(Failure::content);
    }
    if (refresh_tokens_ != nullptr) {
        const std::string_view token = json_text_member(answer.body, "refresh_token");
        if (token.empty()) return Verdict::failed(Failure::content);
        refresh_tokens_->emplace_back(token);
    }
    return Verdict::done();
}

void AuthorizationFlow::on_failure(unsigned index, OperationId) {
    users_[index].cookies.clear();
}

}  // namespace sluice::loadgen
