#include "loadgen/token_set.h"

#include <algorithm>

#include "crypto/base64url.h"

namespace sluice::loadgen {

void TokenSet::add(std::string_view token) {
    if (empty()) {
        const std::size_t underscore = token.substr(0, 8).find('_');
        prefix_ = token.substr(0, underscore == std::string_view::npos ? 0 : underscore + 1);
        letters_ = token.size() - prefix_.size();
        stride_ = (letters_ * 6 + 7) / 8;
        bits_.reserve(reserved_ * stride_ + sizeof(std::uint32_t));
    }
    if (offsets_.empty() && fits(token)) return pack(token);
    offsets_.push_back(text_.size());
    text_ += token;
}

bool TokenSet::fits(std::string_view token) const {
    if (token.size() != prefix_.size() + letters_ || !token.starts_with(prefix_)) return false;
    return std::ranges::all_of(token.substr(prefix_.size()), [](char c) {
        return crypto::base64url_value(c) != crypto::not_base64url;
    });
}

// Not decode_base64url(): the bits behind the last byte may be set in a text that is no base64url.
void TokenSet::pack(std::string_view token) {
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : token.substr(prefix_.size())) {
        held = (held << 6) | crypto::base64url_value(c);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bits_.push_back(static_cast<std::uint8_t>(held >> bits));
        }
    }
    if (bits > 0) bits_.push_back(static_cast<std::uint8_t>(held << (8 - bits)));
    ++packed_;
}

void TokenSet::read(std::size_t index, std::string& out) const {
    if (index >= packed_) {
        const std::size_t at = index - packed_;
        const std::uint64_t end = at + 1 < offsets_.size() ? offsets_[at + 1] : text_.size();
        out.assign(text_, offsets_[at], end - offsets_[at]);
        return;
    }
    out.resize(prefix_.size() + letters_);
    std::ranges::copy(prefix_, out.begin());
    const std::uint8_t* bytes = bits_.data() + index * stride_;
    char* letter = out.data() + prefix_.size();
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (std::size_t i = 0; i < letters_; ++i) {
        if (bits < 6) {
            held = (held << 8) | *bytes++;
            bits += 8;
        }
        bits -= 6;
        *letter++ = crypto::base64url_alphabet[(held >> bits) & 63];
    }
}

std::size_t TokenSet::memory_bytes() const {
    return bits_.capacity() + text_.capacity() + offsets_.capacity() * sizeof(std::uint64_t);
}

}  // namespace sluice::loadgen
