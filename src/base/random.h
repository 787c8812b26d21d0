// Random number generator, handed in like the clock: the kernel's CSPRNG in production, a seeded
// sequence in simulations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice {

class Random {
public:
    virtual ~Random() = default;
    /// Fills `out` with bytes fit for secrets (in production). Cannot fail.
    virtual void fill(std::span<std::byte> out) = 0;

    std::uint64_t next_u64() {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
};

/// getrandom(2), fetched in blocks; each byte is handed out once and erased. One per thread.
class SystemRandom final : public Random {
public:
    SystemRandom() = default;
    SystemRandom(const SystemRandom&) = delete;
    SystemRandom& operator=(const SystemRandom&) = delete;
    ~SystemRandom() override;
    void fill(std::span<std::byte> out) override;

private:
    std::array<std::byte, 1024> block_;
    std::size_t used_ = 1024;
};

/// A reproducible sequence (SplitMix64). Never for secrets that leave a test.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> out) override;

private:
    std::uint64_t state_;
};

}  // namespace sluice
