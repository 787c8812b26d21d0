// Upstream: the MCP server behind a resource, whatever it is reached by.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/client_error.h"
#include "http/outgoing_request.h"
#include "http/response_parser.h"
#include "io/task.h"

namespace sluice::resource {

/// An answer whose head is there and whose body is still to be read. Dropped early, the rest is
/// given up.
class UpstreamResponse {
public:
    virtual ~UpstreamResponse() = default;

    virtual const http::ResponseHead& head() const = 0;
    http::Status status() const { return head().status(); }

    /// The next piece of the body as it arrives; empty once the body is complete. Valid until the
    /// next call.
    virtual io::Task<http::ClientResult<std::string_view>> next_chunk() = 0;
    /// Appends the rest of the body to `body`. Errors: too_large when that grows above `bytes_max`.
    virtual io::Task<http::ClientResult<>> read_body(std::string& body, std::size_t bytes_max) = 0;
};

/// Lives on one shard, as long as its resource.
class Upstream {
public:
    virtual ~Upstream() = default;

    /// Sends `request`, whose target is this upstream's own, and waits for the head of the answer.
    /// `request` and what `options` names live as long as the wait, the scope of `options` as long
    /// as the answer: cancelling it ends either.
    virtual io::Task<http::ClientResult<std::unique_ptr<UpstreamResponse>>> send(
        const http::OutgoingRequest& request, const http::CallOptions& options) = 0;

    /// What requests are for there: path and query.
    virtual std::string_view target() const = 0;
};

}  // namespace sluice::resource
