// How a request can fail, each kind counted on its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::loadgen {

enum class Failure : std::uint8_t {
    connect,     // the connection was refused or could not be made
    tls,         // the handshake failed
    timeout,     // no whole answer within --timeout
    reset,       // the connection broke while an answer was owed
    closed,      // the server ended the connection while an answer was owed
    malformed,   // the answer is no HTTP
    status_1xx,  // an answer of a status that was not expected, by its class
    status_2xx,
    status_3xx,
    status_4xx,
    status_5xx,
    content,  // the status is right, but what the answer has to hold is not there
    unsent,   // due by the open loop's schedule, but no connection was free until the end
};

inline constexpr std::size_t failure_kinds = 13;

inline constexpr std::array<std::string_view, failure_kinds> failure_names = {
    "connect",    "tls",        "timeout",    "reset",      "closed",  "malformed", "status_1xx",
    "status_2xx", "status_3xx", "status_4xx", "status_5xx", "content", "unsent"};

constexpr std::string_view name_of(Failure failure) {
    return failure_names[static_cast<std::size_t>(failure)];
}

constexpr Failure status_failure(int status) {
    const int first = static_cast<int>(Failure::status_1xx) + status / 100 - 1;
    return static_cast<Failure>(first);
}

}  // namespace sluice::loadgen
