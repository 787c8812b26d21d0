// Request handler interface (service), and who is told about requests afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "http/exchange.h"
#include "http/message.h"
#include "http/parse_error.h"
#include "io/address.h"
#include "io/task.h"

namespace sluice::http {

/// One per shard; outlives the server's connections.
class Service {
public:
    virtual ~Service() = default;
    /// Answers one request. Called for well-formed requests alone; `exchange` lives until the task
    /// ends.
    virtual io::Task<void> serve(Exchange& exchange) = 0;
    /// Whether serve() is called before the body is read: then it asks for the body itself
    /// (Exchange::read_body()) once it knows who calls. Asked only where the body did not come with
    /// the head. request  The head alone.
    virtual bool serves_from_head(const Request& /*request*/) const { return false; }
    /// Words the answer to a request that cannot be taken; its connection ends with it.
    /// request   What was read of it: method and target where the start line was, fields where the
    /// head was; else empty.
    /// response  Cleared. Unless somebody knows better, it gets the error as JSON.
    virtual void refuse(const Request& request, const ParseError& error, Response& response);
};

/// Names the client of a request that proxies passed on.
class ClientLocator {
public:
    virtual ~ClientLocator() = default;
    /// The client's address as text, without port: `peer` itself where it is no proxy that is
    /// believed. peer_text  The address of `peer`. Valid while the request is.
    virtual std::string_view client_of(const io::Address& peer, std::string_view peer_text,
                                       const Request& request) const = 0;
};

/// A request that was answered or given up. Views are valid during the call only.
struct FinishedRequest {
    std::string_view method;  // empty where the request was malformed
    std::string_view path;    // without the query, which may hold secrets
    std::string_view peer;
    Status status;
    Duration duration;            // from the complete request to the last byte handed to the kernel
    std::uint64_t request_bytes;  // body
    std::uint64_t response_bytes;  // body, before any chunking
    std::uint64_t id;
    bool cut_off;  // the client left, or the stream was not finished
};

/// For logs and metrics.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void on_request_finished(const FinishedRequest& request) = 0;
};

}  // namespace sluice::http
