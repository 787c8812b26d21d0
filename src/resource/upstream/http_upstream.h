// An MCP server that is reached over HTTP, by pooled keep-alive connections.
#pragma once

#include <string>

#include "http/client.h"
#include "resource/settings.h"
#include "resource/upstream/upstream.h"

namespace sluice::resource {

class HttpUpstream final : public Upstream {
public:
    /// The client outlives this. CHECKs that the upstream's URL is one: the configuration has.
    HttpUpstream(http::Client& client, const ResourceSettings& settings);

    io::Task<http::ClientResult<std::unique_ptr<UpstreamResponse>>> send(
        const http::OutgoingRequest& request, const http::CallOptions& options) override;
    std::string_view target() const override { return target_; }

private:
    http::Client& client_;
    http::Origin& origin_;
    std::string target_;
};

}  // namespace sluice::resource
