// Who met friction, by name.
#include "metrics/client_board.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::metrics {
namespace {

using namespace std::chrono_literals;
using resource::CallOutcome;

constexpr MonotonicTime start{1000s};

struct Call {
    std::string client;
    CallOutcome outcome = CallOutcome::allowed;
    double friction = 0.5;
    std::string reason = "";
    std::size_t resource = 0;
};

void note(ClientBoard& board, const Call& call, MonotonicTime now = start) {
    friction::Decision decision;
    decision.friction = call.friction;
    board.note({.resource = call.resource,
                .tool = friction::ToolId::listed(0),
                .outcome = call.outcome,
                .client_id = call.client,
                .subject = "anna",
                .tool_name = "delete_note",
                .justification = call.reason,
                .decision = decision},
               now);
}

TEST(ClientBoard, CountsWhatBecameOfTheCallsAndKeepsTheLastReason) {
    ClientBoard board(1);
    note(board, {.client = "c", .reason = "tidying up"});
    note(board, {.client = "c", .outcome = CallOutcome::refused, .friction = 0.97}, start + 2s);
    const auto top = board.top(1, 10, start + 3s);
    ASSERT_EQ(top.size(), 1U);
    EXPECT_EQ(top[0].subject, "anna");
    EXPECT_EQ(top[0].calls, (std::array<std::uint64_t, 4>{1, 0, 0, 1}));
    EXPECT_EQ(top[0].reason, "tidying up");
    EXPECT_EQ(top[0].reason_at, start);
    EXPECT_EQ(top[0].seen, start + 2s);
    EXPECT_EQ(top[0].friction, 0.97);
}

TEST(ClientBoard, ShowsTheHighestFrictionOfEachResourceFirst) {
    ClientBoard board(1);
    for (int i = 0; i < 5; ++i) {
        note(board, {.client = std::to_string(i), .friction = i / 10.0});
        note(board, {.client = std::to_string(i), .friction = i / 10.0, .resource = 1});
    }
    const auto top = board.top(2, 2, start);
    ASSERT_EQ(top.size(), 4U);
    EXPECT_EQ(top[0].client_id + top[1].client_id, "43");
    EXPECT_EQ(top[2].resource, 1U);
    EXPECT_EQ(top[2].client_id, "4");
}

TEST(ClientBoard, ShowsNobodyWhoWasSilentForLong) {
    ClientBoard board(1);
    note(board, {.client = "c"});
    EXPECT_EQ(board.top(1, 10, start + ClientBoard::memory).size(), 1U);
    EXPECT_TRUE(board.top(1, 10, start + ClientBoard::memory + 1s).empty());
}

TEST(ClientBoard, ForgetsOneAndKeepsTheRest) {
    ClientBoard board(1);
    for (const char* client : {"a", "b", "c"}) note(board, {.client = client});
    board.forget(0, "a", "anna");
    board.forget(0, "nobody", "anna");
    note(board, {.client = "c", .outcome = CallOutcome::refused});
    EXPECT_EQ(board.size(), 2U);
    for (const BoardEntry& entry : board.top(1, 10, start)) {
        EXPECT_EQ(entry.calls[3], entry.client_id == "c" ? 1U : 0U);
    }
}

TEST(ClientBoard, KeepsToItsSizeAndThoseWithFrictionInAFlood) {
    ClientBoard board(1);
    note(board, {.client = "heavy", .friction = 0.9});
    for (std::size_t i = 0; i < 3 * ClientBoard::entries_max; ++i) {
        note(board, {.client = std::to_string(i), .friction = 0.1});
    }
    EXPECT_EQ(board.size(), ClientBoard::entries_max);
    EXPECT_EQ(board.top(1, 1, start)[0].client_id, "heavy");
}

TEST(ClientBoard, CutsALongReasonBetweenCharacters) {
    ClientBoard board(1);
    std::string reason(ClientBoard::reason_bytes_max - 1, 'x');
    note(board, {.client = "c", .reason = reason + "\xc3\xa4 and more"});
    EXPECT_EQ(board.top(1, 1, start)[0].reason, reason);
}

}  // namespace
}  // namespace sluice::metrics
