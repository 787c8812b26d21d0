#include "crypto/base64url.h"

#include "crypto/reused_buffer.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr auto standard_values = detail::inverse(standard_alphabet);

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

void encode(std::span<const std::byte> bytes, std::string_view alphabet, char* out) {
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = alphabet[group >> 6 & 63];
        *out++ = alphabet[group & 63];
    }
    const std::size_t left = bytes.size() - i;
    if (left == 0) return;
    const std::uint32_t group = at(i) << 16 | (left == 2 ? at(i + 1) << 8 : 0);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    if (left == 2) *out = alphabet[group >> 6 & 63];
}

bool decode(std::string_view text, const std::array<std::uint8_t, 256>& values,
            std::string& bytes) {
    if (text.size() % 4 == 1) return false;
    bytes.clear();
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<std::uint8_t>(c)];
        if (value == not_base64url) return false;
        group = group << 6 | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(group >> bits & 0xff);
        }
    }
    // What is left of the last character must be zero (RFC 4648 §3.5), else two texts mean the
    // same.
    return (group & ((1U << bits) - 1)) == 0;
}

std::optional<std::string> decode(std::string_view text,
                                  const std::array<std::uint8_t, 256>& values) {
    std::string bytes;
    if (!decode(text, values, bytes)) return std::nullopt;
    return bytes;
}

std::string encode_to_string(std::span<const std::byte> bytes, std::string_view alphabet) {
    std::string text(base64url_size(bytes.size()), '\0');
    encode(bytes, alphabet, text.data());
    return text;
}

}  // namespace

void write_base64url(std::span<const std::byte> bytes, char* out) {
    encode(bytes, base64url_alphabet, out);
}

void append_base64url(std::string& out, std::span<const std::byte> bytes) {
    const std::size_t before = out.size();
    out.resize(before + base64url_size(bytes.size()));
    encode(bytes, base64url_alphabet, out.data() + before);
}

std::string base64url(std::span<const std::byte> bytes) {
    return encode_to_string(bytes, base64url_alphabet);
}

std::string base64url(std::string_view bytes) {
    return base64url(bytes_of(bytes));
}

std::optional<std::string> decode_base64url(std::string_view text) {
    return decode(text, detail::base64url_values);
}

bool decode_base64url(std::string_view text, std::string& bytes) {
    return decode(text, detail::base64url_values, bytes);
}

std::string base64_unpadded(std::string_view bytes) {
    return encode_to_string(bytes_of(bytes), standard_alphabet);
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.ends_with('=')) {
        if (text.size() % 4 != 0) return std::nullopt;
        text.remove_suffix(text.ends_with("==") ? 2 : 1);
    }
    return decode(text, standard_values);
}

}  // namespace sluice::crypto
