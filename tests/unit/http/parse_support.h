// Feeding bytes to the request parser in every possible way, for its tests.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"

namespace sluice::http {

/// What became of some input: one text, so that outcomes compare and print.
inline std::string describe(const Request& request) {
    std::string text = fmt::format("{} {} ? {} @ {}", request.method_text(), request.path(),
                                   request.query(), request.host());
    for (const Field& field : request.fields()) {
        text += fmt::format(" [{}: {}]", field.name, field.value);
    }
    return text + fmt::format(" <{}>", request.body());
}

/// Feeds `pieces` one after the other. Requests are separated by '\n'; then "error N" or "more".
inline std::string outcome(const std::vector<std::string_view>& pieces,
                           const MessageLimits& limits = {}) {
    RequestParser parser(limits);
    std::string text;
    for (const std::string_view piece : pieces) {
        parser.append(piece);
        for (;;) {
            const auto progress = parser.advance();
            if (!progress) return text + fmt::format("error {}", code(progress.error().status));
            if (*progress == RequestParser::Progress::need_more) break;
            text += describe(parser.request()) + (parser.keep_alive() ? "\n" : " close\n");
            if (!parser.keep_alive()) return text;
            parser.next_request();
        }
    }
    return text + (parser.holds_input() ? "more" : "");
}

/// The outcome, after checking that byte by byte and every cut into two give the same.
inline std::string outcome_of(std::string_view input, const MessageLimits& limits = {}) {
    const std::string whole = outcome({input}, limits);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < input.size(); ++i) bytes.push_back(input.substr(i, 1));
    EXPECT_EQ(outcome(bytes, limits), whole) << "byte by byte: " << input;
    const std::size_t step = input.size() > 2000 ? input.size() / 500 : 1;
    for (std::size_t cut = 0; cut <= input.size(); cut += step) {
        const std::string split = outcome({input.substr(0, cut), input.substr(cut)}, limits);
        EXPECT_EQ(split, whole) << "cut at " << cut << " of: " << input;
        if (split != whole) break;
    }
    return whole;
}

/// The status that refuses `input`; 0 where it is served or more is needed.
inline int refusal(std::string_view input, const MessageLimits& limits = {}) {
    const std::string text = outcome_of(input, limits);
    const std::size_t at = text.find("error ");
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + 6));
}

/// Requests served from `input`.
inline std::size_t served(std::string_view input) {
    const std::string text = outcome_of(input);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace sluice::http
