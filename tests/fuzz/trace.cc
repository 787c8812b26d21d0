// Traces for the simulator: calls in the order of their time, each of a known client and tool.
#include "simulate/trace.h"

#include <algorithm>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice::simulate;
    const std::string_view input = sluice::fuzz::text_of(data, size);
    const auto trace = read_trace(input, "/mcp");
    if (!trace) {
        CHECK(!trace.error().text.empty());
        CHECK(trace.error().line <= 1 + static_cast<std::size_t>(std::ranges::count(input, '\n')));
        return 0;
    }
    CHECK(!trace->calls.empty() && trace->calls.front().at >= 0);
    CHECK(std::ranges::is_sorted(trace->calls, {}, &TraceCall::at));
    for (const TraceCall& call : trace->calls) {
        CHECK(call.client < trace->clients.size() && call.tool < trace->tools.size());
        CHECK(!trace->tools[call.tool].empty());
    }
    return 0;
}
