// The pool of connection buffers.
#include "http/connection_buffers.h"

#include "base/check.h"

namespace sluice::http {

std::unique_ptr<ConnectionBuffers> BufferPool::take() {
    if (free_.empty()) return std::make_unique<ConnectionBuffers>(limits_);
    std::unique_ptr<ConnectionBuffers> buffers = std::move(free_.back());
    free_.pop_back();
    return buffers;
}

void BufferPool::give_back(std::unique_ptr<ConnectionBuffers> buffers) {
    CHECK(buffers != nullptr);
    if (free_.size() >= kept_max) return;
    buffers->parser.reset(bytes_kept_);
    buffers->response.clear();
    if (buffers->response.body().capacity() > bytes_kept_) buffers->response = Response();
    buffers->outgoing.clear();
    if (buffers->outgoing.body().capacity() > bytes_kept_) buffers->outgoing = OutgoingRequest();
    buffers->output.clear();
    if (buffers->output.capacity() > bytes_kept_) buffers->output = std::string();
    CHECK(!buffers->parser.holds_input(), "one connection's bytes stay its own");
    free_.push_back(std::move(buffers));
}

}  // namespace sluice::http
