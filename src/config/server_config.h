// [server] and [log] settings, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/tls_config.h"
#include "http/ip_network.h"
#include "io/address.h"
#include "io/unix_socket.h"

namespace sluice::config {

struct ServerConfig {
    std::vector<io::Address> listen;  // at least one
    io::UnixSocketAccess unix_socket;
    std::string public_url;  // scheme, host, port; no trailing slash
    bool insecure_http = false;
    unsigned cores = 0;  // 0: every core this process may use
    Duration drain_timeout{};
    std::vector<http::IpNetwork> trusted_proxies;
    bool trusts_unix_peers = false;
    std::vector<http::IpNetwork> trusted_networks;
    std::vector<std::string> allowed_origins;

    Bytes max_header;
    Bytes max_body;
    Duration header_timeout{};
    Duration body_timeout{};
    Bytes body_min_rate;  // per second
    Duration idle_timeout{};
    std::uint32_t max_connections = 0;  // on each core

    std::optional<TlsConfig> tls;  // absent: plain HTTP everywhere
    /// Of the addresses in `listen`; a UNIX socket never does.
    bool listens_with_tls() const { return tls && tls->listen.empty(); }
};

struct LogConfig {
    enum class Level { debug, info, warning, error };
    enum class Format { json, text };
    Level level = Level::info;
    Format format = Format::json;
};

}  // namespace sluice::config
