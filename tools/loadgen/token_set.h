// Millions of tokens, kept in little memory: a common beginning once, and base64url characters at
// six bits each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::loadgen {

class TokenSet {
public:
    /// All tokens that were added so far; the first decides how the others are packed. One of
    /// another form makes the set keep plain text from there on.
    void add(std::string_view token);
    void reserve(std::size_t count) { reserved_ = count; }

    std::size_t size() const { return packed_ + offsets_.size(); }
    bool empty() const { return size() == 0; }
    /// Writes the token into `out`, whose capacity is reused.
    void read(std::size_t index, std::string& out) const;
    std::size_t memory_bytes() const;

private:
    bool fits(std::string_view token) const;
    void pack(std::string_view token);

    std::string prefix_;       // of packed tokens, up to and with the first '_'
    std::size_t letters_ = 0;  // behind the prefix, the same number in each
    std::size_t stride_ = 0;   // bytes a packed token
    std::vector<std::uint8_t> bits_;
    std::size_t packed_ = 0;
    std::size_t reserved_ = 0;
    std::string text_;                    // of tokens that are not packed
    std::vector<std::uint64_t> offsets_;  // into text_; each ends where the next begins
};

}  // namespace sluice::loadgen
