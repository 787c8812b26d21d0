// SipHash with one round a word and three to finish (Aumasson and Bernstein, 2012).
#include "friction/key_hash.h"

#include <bit>
#include <cstring>

namespace sluice::friction {
namespace {

class SipState {
public:
    explicit SipState(HashKey key)
        : v0_(key.first ^ 0x736f6d6570736575),
          v1_(key.second ^ 0x646f72616e646f6d),
          v2_(key.first ^ 0x6c7967656e657261),
          v3_(key.second ^ 0x7465646279746573) {}

    void absorb(std::uint64_t word) {
        v3_ ^= word;
        mix();
        v0_ ^= word;
    }

    std::uint64_t finish() {
        v2_ ^= 0xff;
        for (int round = 0; round < 3; ++round) mix();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

private:
    void mix() {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_;
    std::uint64_t v1_;
    std::uint64_t v2_;
    std::uint64_t v3_;
};

}  // namespace

std::uint64_t keyed_hash(std::string_view text, HashKey key) {
    static_assert(std::endian::native == std::endian::little);
    SipState state(key);
    const std::uint64_t length = text.size();
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        state.absorb(word);
    }
    std::uint64_t tail = length << 56;
    for (std::size_t i = 0; i < text.size(); ++i) {
        tail |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    state.absorb(tail);
    return state.finish();
}

KeyHasher::KeyHasher(HashKey key) : key_(key) {
    char number = 0;
    for (std::uint64_t& secret : secrets_) secret = keyed_hash({&++number, 1}, key) | 1;
}

}  // namespace sluice::friction
