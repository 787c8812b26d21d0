// The rules of [server] and [log].
#include <algorithm>
#include <chrono>

#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

void check_addresses(const RawServer& raw, ServerConfig& server, Problems& problems) {
    UniqueNames unique("listen address", problems);
    server.listen = check_listen(raw.listen, unique, problems);
    if (raw.tls && server.tls) {
        server.tls->listen = check_listen(raw.tls->listen, unique, problems);
        const bool on_path = std::ranges::any_of(
            server.tls->listen, [](const auto& address) { return address.family() == AF_UNIX; });
        if (on_path) {
            problems.add(raw.tls->listen.front().place,
                         "has a UNIX socket, which never speaks TLS: write it in server.listen");
        }
    }
    if (raw.listen.empty() && (!raw.tls || raw.tls->listen.empty())) {
        problems.add({raw.place.line, "server.listen"}, "has to name at least one address");
    }
}

// A default is possible only where nothing else than loopback can be meant.
Setting<std::string> public_url_or_default(const RawServer& raw) {
    Setting<std::string> url = raw.public_url;
    const bool beside = raw.tls && !raw.tls->listen.empty();
    const StringList& addresses = beside ? raw.tls->listen : raw.listen;
    if (!url->empty() || addresses.empty()) return url;
    const std::string& listen = *addresses.front();
    const auto host = std::string_view(listen).substr(0, listen.rfind(':'));
    if (is_loopback_host(host) && !listen.ends_with(":0")) {
        url.value = (raw.tls ? "https://" : "http://") + listen;
    }
    return url;
}

// Whoever is sent to http:// would find nobody who speaks it.
void check_public_scheme(const RawServer& raw, const ServerConfig& server, Problems& problems) {
    const bool plain = std::ranges::any_of(
        server.listen, [](const auto& address) { return address.family() == AF_UNIX; });
    if (!server.listens_with_tls() || plain || !server.public_url.starts_with("http://")) return;
    problems.add(raw.public_url.place,
                 "begins with http://, but every address speaks TLS: write https://, or name the "
                 "addresses that speak TLS in server.tls.listen");
}

// also  What else may stand there, for people.
std::optional<http::IpNetwork> check_network(const Setting<std::string>& text,
                                             std::string_view also, Problems& problems) {
    auto network = http::IpNetwork::parse(*text);
    if (network) return network;
    problems.add(text.place,
                 fmt::format("\"{}\" is not a valid network; the forms are 10.0.0.0/8, "
                             "2001:db8::/32, one address{}; the bits behind the prefix are zero",
                             *text, also));
    return std::nullopt;
}

void check_body_limits(const RawServer& raw, ServerConfig& server, Problems& problems) {
    server.max_header = check_range(raw.max_header, kibibytes(1), mebibytes(1), problems);
    server.max_body = check_range(raw.max_body, kibibytes(1), mebibytes(1024), problems);
    server.header_timeout = check_range<Duration>(raw.header_timeout, 1s, 10min, problems);
    server.body_timeout = check_range<Duration>(raw.body_timeout, 1s, 1h, problems);
    server.body_min_rate = check_range(raw.body_min_rate, Bytes{1}, mebibytes(1), problems);
    server.idle_timeout = check_range<Duration>(raw.idle_timeout, 1s, 1h, problems);
    server.max_connections = check_count(raw.max_connections, 1, 1'000'000, problems);
}

}  // namespace

std::vector<http::IpNetwork> check_networks(const StringList& list, Problems& problems) {
    std::vector<http::IpNetwork> networks;
    for (const auto& text : list) {
        const auto network = check_network(text, "", problems);
        if (network) networks.push_back(*network);
    }
    return networks;
}

std::optional<io::Address> parse_listen(std::string_view text) {
    constexpr std::string_view localhost = "localhost:";
    if (text.starts_with(localhost)) {
        return io::Address::parse("127.0.0.1:" + std::string(text.substr(localhost.size())));
    }
    return io::Address::parse(text);
}

std::vector<io::Address> check_listen(const StringList& list, UniqueNames& unique,
                                      Problems& problems) {
    std::vector<io::Address> addresses;
    for (const auto& text : list) {
        unique.check(text);
        if (const auto address = parse_listen(*text)) {
            addresses.push_back(*address);
        } else {
            problems.add(
                text.place,
                text->starts_with("unix:")
                    ? "a UNIX socket is named by an absolute path of at most 107 bytes, such as "
                      "unix:/run/sluice/sluice.sock"
                    : fmt::format("\"{}\" is not a valid address; the forms are 127.0.0.1:8080, "
                                  "[::1]:8080, localhost:8080 and unix:/run/sluice/sluice.sock",
                                  *text));
        }
    }
    return addresses;
}

ServerConfig check_server(const RawServer& raw, const Environment& environment,
                          Problems& problems) {
    ServerConfig server;
    if (raw.tls) server.tls.emplace();
    check_addresses(raw, server, problems);
    server.unix_socket = check_unix_socket(raw, server.listen, problems);
    server.insecure_http = *raw.insecure_http;
    const Setting<std::string> public_url = public_url_or_default(raw);
    if (check_given(public_url, "the URL under which clients reach this server", problems)) {
        const auto url = check_public_url(public_url, server.insecure_http, problems);
        if (url && !url->path().empty()) {
            problems.add(public_url.place,
                         "must not have a path: resources and endpoints bring theirs");
        }
        if (url) server.public_url = url->origin();
    }
    server.cores = check_count(raw.cores, 0, 1024, problems);
    server.drain_timeout = check_range<Duration>(raw.drain_timeout, 0s, 1h, problems);
    for (const auto& text : raw.trusted_proxies) {
        if (*text == "unix") {
            server.trusts_unix_peers = true;
        } else if (const auto network = check_network(text, ", and \"unix\"", problems)) {
            server.trusted_proxies.push_back(*network);
        }
    }
    server.trusted_networks = check_networks(raw.trusted_networks, problems);
    for (const auto& origin : raw.allowed_origins) {
        check_origin(origin, problems);
        server.allowed_origins.push_back(*origin);
    }
    check_body_limits(raw, server, problems);
    if (raw.tls) {
        TlsConfig tls = check_tls(*raw.tls, server, environment, problems);
        tls.listen = std::move(server.tls->listen);
        server.tls = std::move(tls);
        check_public_scheme(raw, server, problems);
    }
    return server;
}

LogConfig check_log(const RawLog& raw, Problems& problems) {
    using Level = LogConfig::Level;
    using Format = LogConfig::Format;
    constexpr std::array<std::pair<std::string_view, Level>, 4> levels{{{"debug", Level::debug},
                                                                        {"info", Level::info},
                                                                        {"warning", Level::warning},
                                                                        {"error", Level::error}}};
    constexpr std::array<std::pair<std::string_view, Format>, 2> formats{
        {{"json", Format::json}, {"text", Format::text}}};
    return {choose(raw.level, levels, problems).value_or(Level::info),
            choose(raw.format, formats, problems).value_or(Format::json)};
}

}  // namespace sluice::config
