// Connection buffers: what a request under way needs, and an idle connection does not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/message.h"
#include "http/outgoing_request.h"
#include "http/request_parser.h"

namespace sluice::http {

struct ConnectionBuffers {
    explicit ConnectionBuffers(const MessageLimits& limits) : parser(limits) {}

    RequestParser parser;
    Response response;
    OutgoingRequest outgoing;
    std::string output;  // answers that were not sent yet
};

/// Buffers of one shard's idle connections, kept for the next busy ones.
class BufferPool {
public:
    BufferPool(const MessageLimits& limits, std::size_t bytes_kept)
        : limits_(limits), bytes_kept_(bytes_kept) {}

    std::unique_ptr<ConnectionBuffers> take();
    void give_back(std::unique_ptr<ConnectionBuffers> buffers);

private:
    static constexpr std::size_t kept_max = 256;

    MessageLimits limits_;
    std::size_t bytes_kept_;
    std::vector<std::unique_ptr<ConnectionBuffers>> free_;
};

}  // namespace sluice::http
