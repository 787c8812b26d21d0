// The rules of [admin].
#include <chrono>

#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"
#include "http/uri.h"
#include "http/url_safety.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

bool is_loopback(std::string_view listen) {
    return is_loopback_host(listen.substr(0, listen.rfind(':')));
}

std::vector<io::Address> check_admin_listen(const RawAdmin& raw, const ServerConfig& server,
                                            Problems& problems) {
    if (raw.listen.empty()) {
        problems.add({raw.place.line, "admin.listen"}, "has to name at least one address");
    }
    UniqueNames unique("listen address", problems);
    std::vector<io::Address> addresses = check_listen(raw.listen, unique, problems);
    for (const auto& text : raw.listen) {
        const auto address = parse_listen(*text);
        if (!address || address->family() == AF_UNIX || server.insecure_http) continue;
        if (is_loopback(*text)) continue;
        problems.add(text.place,
                     fmt::format("\"{}\" can be reached from elsewhere, and the password would "
                                 "travel as plain text: listen on 127.0.0.1 and come through "
                                 "`ssh -L` or a proxy that speaks TLS",
                                 *text));
    }
    return addresses;
}

std::vector<std::string> check_hosts(const RawAdmin& raw, const ServerConfig& server,
                                     Problems& problems) {
    std::vector<std::string> hosts;
    if (const auto url = http::HttpUrl::parse(server.public_url)) hosts.push_back(url->host());
    for (const auto& host : raw.hosts) {
        if (!http::is_plain_host(*host)) {
            problems.add(host.place,
                         "has to be a host as browsers send it, without port: "
                         "\"admin.example.com\"");
        }
        hosts.push_back(*host);
    }
    return hosts;
}

OperatorConfig check_operator(const RawOperator& raw, const Environment& environment,
                              Problems& problems) {
    check_given(raw.name, "the name to sign in with", problems);
    return {
        .name = check_line(raw.name, problems),
        .password_hash = check_password(raw.password, raw.password_hash, environment, problems)};
}

}  // namespace

AdminConfig check_admin(const RawAdmin& raw, const ServerConfig& server,
                        const Environment& environment, Problems& problems) {
    AdminConfig admin;
    admin.listen = check_admin_listen(raw, server, problems);
    admin.hosts = check_hosts(raw, server, problems);
    admin.session_ttl = check_range<Duration>(raw.session_ttl, 1min, 24h * 30, problems);
    if (raw.operators.empty()) {
        problems.add(raw.place,
                     "needs an [[admin.operator]] with name and password_hash: nobody "
                     "could sign in");
    }
    UniqueNames unique("operator", problems);
    for (const RawOperator& of : raw.operators) {
        unique.check(of.name);
        admin.operators.push_back(check_operator(of, environment, problems));
    }
    return admin;
}

}  // namespace sluice::config
