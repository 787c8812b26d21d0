// [admin] as it is written: every key with its default.
#pragma once

#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

struct RawOperator {
    Place place;
    Setting<std::string> name;           // required, unique
    RawSecret password;                  // this or password_hash
    Setting<std::string> password_hash;  // a line of `sluice hash-password`

    void each_key(auto& key) {
        key("name", name);
        key("password", password);
        key("password_hash", password_hash);
    }
};

struct RawAdmin {
    Place place;
    /// Where operators reach /admin; nothing else is served there. Loopback or a UNIX socket,
    /// unless server.insecure_http is on.
    StringList listen = {"127.0.0.1:9090"};
    /// Names by which browsers reach the page, beside the address that it listens on, localhost and
    /// public_url's host: those of a proxy in front. Requests for others are refused (421).
    StringList hosts;
    /// How long a sign-in lasts. 1m to 30d.
    Setting<Duration> session_ttl = std::chrono::hours(12);
    std::vector<RawOperator> operators;  // at least one

    void each_key(auto& key) {
        key("listen", listen);
        key("hosts", hosts);
        key("session_ttl", session_ttl);
        key("operator", operators);
    }
};

}  // namespace sluice::config
