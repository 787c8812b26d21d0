// Every recorded trace of the reference's decisions.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/check.h"
#include "tests/replay/friction_vectors.h"

namespace sluice::friction::vectors {
namespace {

constexpr std::string_view traces = SLUICE_SOURCE_DIR "/tests/vectors/friction";

std::string read(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Replays the trace after the first `from` behind `after` is replaced by `to`.
Outcome replay_changed(std::string_view file, std::string_view after, std::string_view from,
                       std::string_view to) {
    std::string text = read(std::filesystem::path(traces) / file);
    const std::size_t start = text.find(from, text.find(after));
    CHECK(start != std::string::npos, from);
    text.replace(start, from.size(), to);
    return replay_trace(JsonDocument::parse(text)->root());
}

TEST(FrictionTraces, AllReplayEqual) {
    const auto files = trace_files(traces);
    EXPECT_GE(files.size(), 36U);
    for (const auto& file : files) {
        const Outcome difference = replay_file(file);
        EXPECT_FALSE(difference) << file << ": " << *difference;
    }
}

TEST(FrictionTraces, ADifferenceInAnyKindOfOutcomeIsNoticed) {
    const std::string_view file = "controller_11_011.json";
    EXPECT_FALSE(replay_changed(file, "steps", "\"level\":\"HIGH\"", "\"level\":\"HIGH\""));
    EXPECT_TRUE(replay_changed(file, "steps", "\"level\":\"HIGH\"", "\"level\":\"LOW\""));
    EXPECT_TRUE(replay_changed(file, "steps", "\"allowed\":false", "\"allowed\":true"));
    EXPECT_TRUE(replay_changed(file, "steps", "friction 0.", "friction 1."));
    EXPECT_TRUE(replay_changed(file, "steps", "0.27749999999999997", "0.277500002"));
    EXPECT_FALSE(replay_changed(file, "steps", "0.27749999999999997", "0.2774999999"));
    EXPECT_TRUE(replay_changed(file, "saturation_events", "tool_0", "tool_1"));
    EXPECT_TRUE(
        replay_changed(file, "final", "\"budget_remaining\":500.0", "\"budget_remaining\":499.0"));
    EXPECT_TRUE(
        replay_changed("registry_11_024.json", "final", "\"client-0\":null", "\"client-0\":{}"));
}

}  // namespace
}  // namespace sluice::friction::vectors
