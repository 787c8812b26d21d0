#include "loadgen/request_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/result.h"

namespace sluice::loadgen {
namespace {

constexpr std::string_view slot_begin = "{{";
constexpr std::string_view slot_end = "}}";

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::size_t digits_of(std::uint64_t number) {
    std::size_t digits = 1;
    for (; number >= 10; number /= 10) ++digits;
    return digits;
}

void append_hexadecimal(std::string& out, std::uint64_t number) {
    char digits[16];
    for (char& digit : digits) {
        digit = "0123456789abcdef"[number >> 60];
        number <<= 4;
    }
    out.append(digits, sizeof digits);
}

std::string head_text(const RequestParts& parts) {
    std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", parts.method, parts.target, parts.host);
    for (const auto& [name, value] : parts.fields) {
        fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
    }
    if (parts.close) head += "Connection: close\r\n";
    return head;
}

}  // namespace

std::expected<std::vector<RequestTemplate::Piece>, std::string> RequestTemplate::split(
    std::string_view text) {
    std::vector<Piece> pieces;
    for (;;) {
        const std::size_t begin = text.find(slot_begin);
        const std::size_t end =
            begin == std::string_view::npos ? begin : text.find(slot_end, begin);
        if (end == std::string_view::npos) break;
        const std::string_view name = text.substr(begin + 2, end - begin - 2);
        Kind kind = Kind::text;
        if (name == "token") kind = Kind::token;
        if (name == "n") kind = Kind::number;
        if (name == "random") kind = Kind::random;
        if (kind == Kind::text) {
            return failure(fmt::format(
                "there is no slot {{{{{}}}}}: {{{{token}}}}, {{{{n}}}} and {{{{random}}}} are",
                name));
        }
        if (begin > 0) pieces.push_back({Kind::text, std::string(text.substr(0, begin))});
        pieces.push_back({kind, {}});
        text.remove_prefix(end + slot_end.size());
    }
    if (!text.empty()) pieces.push_back({Kind::text, std::string(text)});
    return pieces;
}

std::expected<RequestTemplate, std::string> RequestTemplate::compile(const RequestParts& parts) {
    RequestTemplate out;
    std::string head = head_text(parts);
    if (parts.has_body) {
        TRY(out.body_, split(parts.body));
        out.length_differs_ =
            std::ranges::any_of(out.body_, [](const Piece& p) { return p.kind != Kind::text; });
        head += out.length_differs_ ? std::string("Content-Length: ")
                                    : fmt::format("Content-Length: {}\r\n\r\n", parts.body.size());
    } else {
        head += "\r\n";
    }
    TRY(out.head_, split(head));
    const auto is_token = [](const Piece& piece) { return piece.kind == Kind::token; };
    out.needs_token_ =
        std::ranges::any_of(out.head_, is_token) || std::ranges::any_of(out.body_, is_token);
    return out;
}

void RequestTemplate::append(std::string& out, const std::vector<Piece>& pieces,
                             const SlotValues& values) {
    for (const Piece& piece : pieces) {
        switch (piece.kind) {
            case Kind::text:
                out += piece.text;
                break;
            case Kind::token:
                out += values.token;
                break;
            case Kind::number:
                append_number(out, values.number);
                break;
            case Kind::random:
                append_hexadecimal(out, values.random);
                break;
        }
    }
}

std::size_t RequestTemplate::size_of(const std::vector<Piece>& pieces, const SlotValues& values) {
    std::size_t size = 0;
    for (const Piece& piece : pieces) {
        switch (piece.kind) {
            case Kind::text:
                size += piece.text.size();
                break;
            case Kind::token:
                size += values.token.size();
                break;
            case Kind::number:
                size += digits_of(values.number);
                break;
            case Kind::random:
                size += 16;
                break;
        }
    }
    return size;
}

void RequestTemplate::write(std::string& out, const SlotValues& values) const {
    append(out, head_, values);
    if (!length_differs_) return append(out, body_, values);
    append_number(out, size_of(body_, values));
    out += "\r\n\r\n";
    append(out, body_, values);
}

}  // namespace sluice::loadgen
