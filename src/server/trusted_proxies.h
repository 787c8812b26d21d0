// Trusted proxies: the client behind them, by Forwarded (RFC 7239) and X-Forwarded-For.
#pragma once

#include <vector>

#include "http/ip_network.h"
#include "http/service.h"

namespace sluice::server {

/// Walks the list of addresses from its end, which the nearest proxy wrote, as long as each is a
/// trusted proxy's; the first that is not is the client. What stands before it may be invented.
/// Where both fields are there, X-Forwarded-For counts.
class TrustedProxies final : public http::ClientLocator {
public:
    /// trusts_unix_peers  Who connects by a UNIX socket is a trusted proxy, too.
    TrustedProxies(std::vector<http::IpNetwork> networks, bool trusts_unix_peers)
        : networks_(std::move(networks)), trusts_unix_peers_(trusts_unix_peers) {}

    bool empty() const { return networks_.empty() && !trusts_unix_peers_; }
    std::string_view client_of(const io::Address& peer, std::string_view peer_text,
                               const http::Request& request) const override;

private:
    bool trusts(const io::Address& address) const;

    std::vector<http::IpNetwork> networks_;
    bool trusts_unix_peers_;
};

}  // namespace sluice::server
