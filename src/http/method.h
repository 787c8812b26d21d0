// Request methods (RFC 9110 §9) that Sluice serves or forwards. Others never reach a handler.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

enum class Method : std::uint8_t { get, head, post, put, delete_, options, patch };

inline constexpr std::size_t method_count = 7;

constexpr std::string_view to_text(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::delete_:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
        case Method::patch:
            return "PATCH";
    }
    return {};
}

/// The method of that exact name: methods are case-sensitive (RFC 9110 §9.1).
constexpr std::optional<Method> parse_method(std::string_view text) {
    for (std::uint8_t i = 0; i < method_count; ++i) {
        if (text == to_text(static_cast<Method>(i))) return static_cast<Method>(i);
    }
    return std::nullopt;
}

/// Repeating such a request changes nothing more (RFC 9110 §9.2.2), so a lost one may be sent
/// again.
constexpr bool is_idempotent(Method method) {
    return method != Method::post && method != Method::patch;
}

}  // namespace sluice::http
