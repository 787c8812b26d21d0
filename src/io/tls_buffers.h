// TLS record buffers of one shard, used while bytes are under way, and not between.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/ring.h"

namespace sluice::io {

/// Outlives the streams that use it.
class TlsBuffers final : public BufferLender {
public:
    // The plaintext of the largest record (RFC 8446 §5.1).
    static constexpr std::size_t block_bytes = 16384;
    TlsBuffers() = default;
    TlsBuffers(const TlsBuffers&) = delete;
    TlsBuffers& operator=(const TlsBuffers&) = delete;
    ~TlsBuffers() override;

    struct Block {
        std::uint16_t id;
        std::span<char> memory;  // block_bytes
    };
    /// For what is decrypted; lend() makes it a buffer, which gives it back.
    Block take_block();
    ReceivedBuffer lend(const Block& block, std::size_t used);

    /// Memory for what is to be sent: empty, with a capacity.
    std::string take_output();
    void give_back(std::string output);

protected:
    void recycle(std::uint16_t buffer) override;

private:
    static constexpr std::size_t outputs_max = 64;
    static constexpr std::size_t output_bytes_kept = std::size_t{80} * 1024;

    std::vector<std::unique_ptr<char[]>> blocks_;
    std::vector<std::uint16_t> free_blocks_;
    std::vector<std::string> outputs_;
};

}  // namespace sluice::io
