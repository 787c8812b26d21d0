// [server.tls] as it is written: every key with its default.
#pragma once

#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

/// One certificate and its key.
struct RawTlsIdentity {
    Place place;
    Setting<std::string> certificate;  // required: a file in PEM, the leaf first
    Setting<std::string> key;          // a file in PEM; or:
    Setting<std::string> key_env;      // a variable that holds the PEM itself

    void each_key(auto& each) {
        each("certificate", certificate);
        each("key", key);
        each("key_env", key_env);
    }
};

struct RawTls : RawTlsIdentity {
    /// Further certificates: a client gets the one whose names cover the host it asks for.
    std::vector<RawTlsIdentity> also;
    /// Addresses that speak TLS; those of server.listen are plain then. Empty: every TCP address of
    /// server.listen speaks TLS.
    StringList listen;
    Setting<std::string> min_version = "1.2";  // 1.2 | 1.3
    /// Strict-Transport-Security of answers over TLS; 0s: none. In force where public_url is https
    /// and no loopback address.
    Setting<Duration> hsts = std::chrono::days(180);

    void each_key(auto& each) {
        RawTlsIdentity::each_key(each);
        each("also", also);
        each("listen", listen);
        each("min_version", min_version);
        each("hsts", hsts);
    }
};

}  // namespace sluice::config
