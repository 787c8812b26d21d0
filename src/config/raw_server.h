// [server] and [log] as they are written: every key with its default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/quantity.h"
#include "config/raw_tls.h"
#include "config/setting.h"

namespace sluice::config {

struct RawServer {
    Place place;
    /// Addresses to accept on: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`,
    /// `unix:/run/sluice/sluice.sock`. Each gets one listener per core; a UNIX socket is one for
    /// all cores.
    StringList listen = {"127.0.0.1:8080"};
    /// Permissions of the files of UNIX sockets, in octal: who may write one may connect.
    Setting<std::string> unix_socket_mode = "0660";
    /// Owner of these files: `user:group`, `user` or `:group`, names or numbers. Empty: the
    /// process's own.
    Setting<std::string> unix_socket_owner;
    /// The scheme, host and port that clients use to reach this process. Empty: `http://` and the
    /// first listen address, where that is a loopback one.
    Setting<std::string> public_url;
    /// Accepts http:// for URLs whose host is no loopback one: closed networks only.
    Setting<bool> insecure_http = false;
    /// Shards, one thread each. 0: every core that this process may use.
    Setting<std::int64_t> cores = 0;
    /// After SIGTERM: the longest wait for what is in flight. At most 1h.
    Setting<Duration> drain_timeout = std::chrono::seconds(10);
    /// Networks whose Forwarded and X-Forwarded-For are believed; `unix`: who connects by a UNIX
    /// socket.
    StringList trusted_proxies;
    /// Networks in which many people share an address: limits by address are wider for these.
    StringList trusted_networks;
    /// Browser origins that may read answers (CORS): `https://app.example`.
    StringList allowed_origins;

    /// A request's header block. 1KiB to 1MiB.
    Setting<Bytes> max_header = kibibytes(32);
    /// A request's body. 1KiB to 1GiB.
    Setting<Bytes> max_body = mebibytes(4);
    /// From a connection's or request's first byte to the end of its header block. 1s to 10m.
    Setting<Duration> header_timeout = std::chrono::seconds(10);
    /// A body may take this long plus the time its bytes take at body_min_rate. 1s to 1h.
    Setting<Duration> body_timeout = std::chrono::seconds(10);
    /// Bytes a second. 1B to 1MiB.
    Setting<Bytes> body_min_rate = kibibytes(4);
    /// How long a keep-alive connection may be silent between requests. 1s to 1h.
    Setting<Duration> idle_timeout = std::chrono::seconds(75);
    /// Open client connections on each core; more are closed as they come. 1 to 1,000,000.
    Setting<std::int64_t> max_connections = 16'384;
    std::optional<RawTls> tls;  // absent: plain HTTP everywhere

    void each_key(auto& key) {
        key("listen", listen);
        key("unix_socket_mode", unix_socket_mode);
        key("unix_socket_owner", unix_socket_owner);
        key("public_url", public_url);
        key("insecure_http", insecure_http);
        key("cores", cores);
        key("drain_timeout", drain_timeout);
        key("trusted_proxies", trusted_proxies);
        key("trusted_networks", trusted_networks);
        key("allowed_origins", allowed_origins);
        key("max_header", max_header);
        key("max_body", max_body);
        key("header_timeout", header_timeout);
        key("body_timeout", body_timeout);
        key("body_min_rate", body_min_rate);
        key("idle_timeout", idle_timeout);
        key("max_connections", max_connections);
        key("tls", tls);
    }
};

struct RawLog {
    Place place;
    Setting<std::string> level = "info";   // debug | info | warning | error
    Setting<std::string> format = "json";  // json | text

    void each_key(auto& key) {
        key("level", level);
        key("format", format);
    }
};

}  // namespace sluice::config
