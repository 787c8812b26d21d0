#include "io/tls_buffers.h"

#include "base/check.h"

namespace sluice::io {

TlsBuffers::~TlsBuffers() {
    CHECK(free_blocks_.size() == blocks_.size(), "a stream outlives its buffers");
}

TlsBuffers::Block TlsBuffers::take_block() {
    if (free_blocks_.empty()) {
        CHECK(blocks_.size() <= UINT16_MAX, "decrypted buffers are held for too long");
        free_blocks_.push_back(static_cast<std::uint16_t>(blocks_.size()));
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
    }
    CHECK(free_blocks_.size() <= blocks_.size());
    const std::uint16_t id = free_blocks_.back();
    free_blocks_.pop_back();
    return {id, {blocks_[id].get(), block_bytes}};
}

ReceivedBuffer TlsBuffers::lend(const Block& block, std::size_t used) {
    CHECK(used <= block.memory.size() && block.id < blocks_.size());
    return {*this, block.id, {block.memory.data(), used}};
}

void TlsBuffers::recycle(std::uint16_t buffer) {
    CHECK(buffer < blocks_.size() && free_blocks_.size() < blocks_.size(), "came back twice");
    free_blocks_.push_back(buffer);
}

std::string TlsBuffers::take_output() {
    if (outputs_.empty()) return {};
    std::string output = std::move(outputs_.back());
    outputs_.pop_back();
    return output;
}

void TlsBuffers::give_back(std::string output) {
    if (outputs_.size() >= outputs_max || output.capacity() > output_bytes_kept) return;
    output.clear();
    outputs_.push_back(std::move(output));
}

}  // namespace sluice::io
