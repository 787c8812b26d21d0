// Reading Content-Length, Transfer-Encoding, Connection, Expect and Host.
#include "http/framing.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"
#include "http/head_fields.h"
#include "http/uri_chars.h"

namespace sluice::http {
namespace {

// The fields that decide framing, collected in one pass. Each may stand once; Connection may
// repeat.
struct FramingFields {
    HeadKind kind;
    std::optional<std::string_view> content_length;
    std::optional<std::string_view> transfer_encoding;
    std::optional<std::string_view> host;
    std::optional<std::string_view> expect;
    bool close = false;
    bool keep_alive = false;
};

ParseResult<> set_once(std::optional<std::string_view>& slot, std::string_view value,
                       std::string_view complaint) {
    if (slot) return bad_request(complaint);
    slot = value;
    return {};
}

void read_connection(std::string_view value, FramingFields& found) {
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        const std::string_view option = trim(value.substr(0, comma));
        if (equal_ignoring_case(option, "close")) found.close = true;
        if (equal_ignoring_case(option, "keep-alive")) found.keep_alive = true;
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
}

// RFC 9110 §8.6: digits only; a number beyond 64 bits is as large as a number can be.
ParseResult<std::uint64_t> parse_content_length(std::string_view value) {
    if (value.empty() || !std::ranges::all_of(value, is_digit)) {
        return bad_request("The Content-Length is not a number.");
    }
    return parse_decimal(value).value_or(UINT64_MAX);
}

// RFC 9110 §8.6: one and the same number that some server or proxy on the way has said again, in a
// field of its own or in a list, counts once. In a request it never does.
ParseResult<> add_content_length(FramingFields& found, std::string_view value) {
    constexpr std::string_view complaint = "There is more than one Content-Length header.";
    if (found.kind == HeadKind::request) return set_once(found.content_length, value, complaint);
    for (bool more = true; more;) {
        const std::size_t comma = value.find(',');
        more = comma != std::string_view::npos;
        const std::string_view one = trim(value.substr(0, comma));
        value.remove_prefix(more ? comma + 1 : value.size());
        TRY(const std::uint64_t length, parse_content_length(one));
        if (found.content_length && parse_content_length(*found.content_length) != length) {
            return bad_request(complaint);
        }
        found.content_length = one;
    }
    return {};
}

ParseResult<FramingFields> collect(HeadKind kind, std::span<const Field> fields) {
    FramingFields found{.kind = kind};
    for (const auto& [name, value] : fields) {
        switch (name.size()) {  // a length tells most fields apart without comparing
            case 4:
                if (name_is(name, "host")) {
                    REQUIRE(set_once(found.host, value, "There is more than one Host header."));
                }
                break;
            case 6:
                if (name_is(name, "expect")) {
                    REQUIRE(set_once(found.expect, value, "There is more than one Expect header."));
                }
                break;
            case 10:
                if (name_is(name, "connection")) read_connection(value, found);
                break;
            case 14:
                if (name_is(name, "content-length")) {
                    REQUIRE(add_content_length(found, value));
                }
                break;
            case 17:
                if (name_is(name, "transfer-encoding")) {
                    REQUIRE(set_once(found.transfer_encoding, value,
                                     "There is more than one Transfer-Encoding header."));
                }
                break;
            default:
                break;
        }
    }
    if (found.content_length && found.transfer_encoding) {
        return bad_request("Content-Length and Transfer-Encoding must not be combined.");
    }
    return found;
}

// RFC 9112 §6.1: `chunked` alone; other codings are not implemented, and HTTP/1.0 has none.
ParseResult<> check_transfer_encoding(Version version, std::string_view value) {
    if (version == Version::http_1_0)
        return bad_request("Transfer-Encoding is not allowed in HTTP/1.0.");
    if (!equal_ignoring_case(value, "chunked")) {
        return bad_request("The only supported Transfer-Encoding is chunked.");
    }
    return {};
}

bool is_host_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

bool is_bracketed_ip(std::string_view text) {
    return text.size() >= 4 && text.front() == '[' && text.back() == ']' &&
           std::ranges::all_of(text.substr(1, text.size() - 2),
                               [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; });
}

}  // namespace

bool is_host_and_port(std::string_view text) {
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const std::string_view host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
        const std::string_view port = text.substr(colon + 1);
        if (port.size() > 5 || parse_decimal(port).value_or(65536) > 65535) return false;
    }
    return is_host_name(host) || is_bracketed_ip(host);
}

ParseResult<RequestFraming> request_framing(Version version, std::span<const Field> fields,
                                            std::size_t body_bytes_max) {
    TRY(const FramingFields found, collect(HeadKind::request, fields));
    RequestFraming framing;
    if (!found.host && version == Version::http_1_1)
        return bad_request("The Host header is missing.");
    if (found.host && !is_host_and_port(*found.host)) {
        return bad_request("The Host header is not a host with an optional port.");
    }
    framing.host = found.host.value_or(std::string_view{});
    if (found.transfer_encoding) {
        REQUIRE(check_transfer_encoding(version, *found.transfer_encoding));
        framing.chunked = true;
    }
    if (found.content_length) {
        TRY(framing.content_length, parse_content_length(*found.content_length));
        if (framing.content_length > body_bytes_max) {
            return failure(ParseError{Status::content_too_large, "The request body is too large."});
        }
    }
    CHECK(!framing.chunked || framing.content_length == 0, "a body has one length");
    // HTTP/1.0 connections end with their first answer: its keep-alive is not part of that
    // protocol.
    framing.keep_alive = version == Version::http_1_1 && !found.close;
    if (found.expect && version == Version::http_1_1) {
        if (!equal_ignoring_case(*found.expect, "100-continue")) {
            return failure(ParseError{Status::expectation_failed,
                                      "The only supported expectation is 100-continue."});
        }
        framing.expects_continue = true;
    }
    return framing;
}

ParseResult<ResponseFraming> response_framing(Version version, Status status, bool to_head,
                                              std::span<const Field> fields) {
    TRY(const FramingFields found, collect(HeadKind::response, fields));
    ResponseFraming framing;
    framing.keep_alive = !found.close && (version == Version::http_1_1 || found.keep_alive);
    if (found.transfer_encoding) {
        REQUIRE(check_transfer_encoding(version, *found.transfer_encoding));
    }
    if (found.content_length) {
        TRY(framing.content_length, parse_content_length(*found.content_length));
    }
    if (to_head || forbids_body(status)) return framing;
    if (found.transfer_encoding) {
        framing.kind = BodyKind::chunked;
    } else if (found.content_length) {
        framing.kind = BodyKind::length;
    } else {
        framing.kind = BodyKind::until_close;
        framing.keep_alive = false;
    }
    return framing;
}

}  // namespace sluice::http
