// Trace reader: recorded tool calls, who called what and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::simulate {

struct TraceCall {
    double at;             // seconds since the trace's first call
    std::uint32_t client;  // place in Trace::clients
    std::uint32_t tool;    // place in Trace::tools
    bool has_reason;       // it came with a justification
};

struct Trace {
    std::vector<std::string> clients;
    std::vector<std::string> tools;
    std::vector<TraceCall> calls;  // in the order of their time; never empty
};

struct TraceError {
    std::size_t line;  // 0: the text as a whole
    std::string text;
};

/// Reads one of
///   JSON Lines   {"time": SECONDS or RFC 3339, "client": TEXT, "tool": TEXT, "justification":
///   TEXT}
///                where the client and the justification may be absent;
///   Sluice's log the lines whose event_type is "friction", of all clients at `resource`; others
///                are passed over. Lines of JSON and of the log may be mixed;
///   a recorded friction vector, one JSON object with "steps".
/// resource  The path that is simulated: what a line says of another one is passed over.
/// Errors    The first line that cannot be read, a call without time or tool, no call at all.
std::expected<Trace, TraceError> read_trace(std::string_view text, std::string_view resource);

}  // namespace sluice::simulate
