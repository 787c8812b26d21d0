// Keyed hash of client keys: without the secret, nobody can make keys collide (hash flooding).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::friction {

struct HashKey {
    std::uint64_t first;
    std::uint64_t second;
};

/// SipHash-1-3.
std::uint64_t keyed_hash(std::string_view text, HashKey key);

/// What a table of clients uses; its upper bits are the good ones. Texts of 32 bytes, as digests
/// are, cost a fifth of SipHash: they are multiplied with secret numbers (NH, then multiply-shift;
/// both universal, so that any two texts collide about as seldom as random ones while the numbers
/// are unknown).
class KeyHasher {
public:
    explicit KeyHasher(HashKey key);

    std::uint64_t operator()(std::string_view text) const {
        return text.size() == digest_size ? of_digest(text) : keyed_hash(text, key_);
    }

private:
    static constexpr std::size_t digest_size = 32;
    __extension__ using Product = unsigned __int128;

    static Product multiply(std::uint64_t a, std::uint64_t b) { return Product{a} * b; }

    std::uint64_t of_digest(std::string_view text) const {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), text.data(), digest_size);
        const Product sum = multiply(words[0] + secrets_[0], words[1] + secrets_[1]) +
                            multiply(words[2] + secrets_[2], words[3] + secrets_[3]);
        return static_cast<std::uint64_t>(sum) * secrets_[4] +
               static_cast<std::uint64_t>(sum >> 64) * secrets_[5];
    }

    HashKey key_;
    std::array<std::uint64_t, 6> secrets_;  // odd, drawn from the key
};

}  // namespace sluice::friction
