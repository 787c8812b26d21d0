#include "simulate/trace.h"

#include <gtest/gtest.h>

namespace sluice::simulate {
namespace {

Trace read(std::string_view text) {
    const auto trace = read_trace(text, "/mcp");
    EXPECT_TRUE(trace) << trace.error().line << ": " << trace.error().text;
    return trace.value_or(Trace{});
}

TraceError error_of(std::string_view text) {
    const auto trace = read_trace(text, "/mcp");
    EXPECT_FALSE(trace);
    return trace ? TraceError{} : trace.error();
}

TEST(Trace, LinesGiveTimeClientToolAndReason) {
    const Trace trace = read(R"({"time":100,"client":"a","tool":"x"}

{"time":101.5,"client":"b","tool":"y","justification":"asked to"}
{"time":102,"tool":"x","justification":"","else":[1]}
)");
    ASSERT_EQ(trace.calls.size(), 3U);
    EXPECT_EQ(trace.clients, (std::vector<std::string>{"a", "b", "client"}));
    EXPECT_EQ(trace.tools, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(trace.calls[0].at, 0);
    EXPECT_EQ(trace.calls[1].at, 1.5);
    EXPECT_TRUE(trace.calls[1].has_reason);
    EXPECT_FALSE(trace.calls[2].has_reason);
    EXPECT_EQ(trace.calls[2].client, 2U);
}

TEST(Trace, CallsAreTakenInTheOrderOfTheirTime) {
    const Trace trace = read("{\"time\":9,\"tool\":\"x\"}\n{\"time\":4,\"tool\":\"y\"}");
    EXPECT_EQ(trace.tools[trace.calls[0].tool], "y");
    EXPECT_EQ(trace.calls[1].at, 5);
}

TEST(Trace, TimesMayBeThoseOfRfc3339) {
    const Trace trace = read(R"({"time":"2026-11-21T23:59:59.75Z","tool":"x"}
{"time":"2026-11-22T01:00:01+01:00","tool":"x"}
{"time":"2026-11-21T19:00:02-05:00","tool":"x"})");
    EXPECT_NEAR(trace.calls[1].at, 1.25, 1e-6);
    EXPECT_NEAR(trace.calls[2].at, 2.25, 1e-6);
}

TEST(Trace, TheLogOfAServerIsATrace) {
    const Trace trace = read(
        R"({"time":"2026-11-21T10:00:00.000Z","level":"info","event_type":"request","status":200}
{"time":"2026-11-21T10:00:00.000Z","event_type":"friction","resource":"/mcp","client_id":"c","subject":"ann","tool_name":"x"}
{"time":"2026-11-21T10:00:01.000Z","event_type":"friction","resource":"/other","client_id":"c","subject":"ann","tool_name":"x"}
{"time":"2026-11-21T10:00:02.000Z","event_type":"friction","resource":"/mcp","client_id":"d","subject":"d","tool_name":"y"})");
    ASSERT_EQ(trace.calls.size(), 2U);
    EXPECT_EQ(trace.clients, (std::vector<std::string>{"c ann", "d"}));
    EXPECT_EQ(trace.calls[1].at, 2);
}

TEST(Trace, ARecordedVectorIsOneWithoutItsChecks) {
    const Trace trace = read(R"({"kind":"registry","config":{},"steps":[
{"op":"check_and_record","client":"a","tool":"x","t":10},
{"op":"check","tool":"x","t":11},
{"op":"record_unconfigured","tool":"y","t":12.5}]})");
    ASSERT_EQ(trace.calls.size(), 2U);
    EXPECT_EQ(trace.calls[1].at, 2.5);
    EXPECT_EQ(trace.tools, (std::vector<std::string>{"x", "y"}));
}

TEST(Trace, AnErrorNamesItsLine) {
    const std::string good = "{\"time\":1,\"tool\":\"x\"}\n";
    for (const auto& [line, what] :
         {std::pair{"{\"time\":1,", ""}, std::pair{"[1]", "not a JSON object"},
          std::pair{"{\"tool\":\"x\"}", "\"time\" is missing"},
          std::pair{"{\"time\":1}", "\"tool\" is missing"},
          std::pair{"{\"time\":1,\"tool\":\"\"}", "\"tool\" is missing"},
          std::pair{"{\"time\":\"noon\",\"tool\":\"x\"}", "RFC 3339"},
          std::pair{"{\"time\":\"2026-13-01T00:00:00Z\",\"tool\":\"x\"}", "RFC 3339"},
          std::pair{"{\"time\":\"2026-01-01T00:00:00\",\"tool\":\"x\"}", "RFC 3339"},
          std::pair{"{\"time\":true,\"tool\":\"x\"}", "RFC 3339"}}) {
        const TraceError error = error_of(good + "\n" + line + "\n" + good);
        EXPECT_EQ(error.line, 3U) << line;
        EXPECT_TRUE(error.text.contains(what)) << line << ": " << error.text;
    }
}

TEST(Trace, WithoutACallThereIsNone) {
    EXPECT_EQ(error_of("").line, 0U);
    EXPECT_EQ(error_of("\n \n").text, "holds no call");
    EXPECT_EQ(error_of("{\"event_type\":\"request\"}").text, "holds no call");
}

}  // namespace
}  // namespace sluice::simulate
