// Shapes of backend answers; beside the recorded answers, which replay whole.
#include "tests/replay/backend_response.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::replay {
namespace {

/// What validate_list_response() makes of `data`, as JSON or as its message.
std::string list_of(std::string_view data, std::optional<std::string_view> key = std::nullopt) {
    const auto document = JsonDocument::parse(data).value();
    const auto objects = validate_list_response(
        {.success = true, .error = {}, .data = document.root()}, "task", key);
    if (!objects) return objects.error();
    std::string json;
    for (const JsonValue& object : *objects) object.append_to(json);
    return json;
}

TEST(BackendList, IsFoundUnderKeyThenContextThenPlural) {
    EXPECT_EQ(list_of(R"({"tasks":[{"c":3}],"task":[{"b":2}],"items":[{"a":1}]})", "items"),
              R"({"a":1})");
    EXPECT_EQ(list_of(R"({"tasks":[{"c":3}],"task":[{"b":2}],"items":[{"a":1}]})"), R"({"b":2})");
    EXPECT_EQ(list_of(R"({"tasks":[{"c":3}],"items":[{"a":1}]})"), R"({"c":3})");
    EXPECT_EQ(list_of(R"({"items":[{"a":1}]})"), "Backend returned task in unexpected format");
}

TEST(BackendList, NamesTheTypeItGotInstead) {
    EXPECT_EQ(list_of("true"), "Backend returned invalid task format: expected list, got bool");
    EXPECT_EQ(list_of("5"), "Backend returned invalid task format: expected list, got int");
    EXPECT_EQ(list_of("5.5"), "Backend returned invalid task format: expected list, got float");
    EXPECT_EQ(list_of(R"({"task":null})"),
              "Backend returned invalid task format: expected list, got NoneType");
}

TEST(BackendAnswer, ThatFailedSaysWhyInItsOwnWordsOrOurs) {
    EXPECT_EQ(
        validate_list_response({.success = false, .error = "boom", .data = {}}, "task").error(),
        "boom");
    EXPECT_EQ(validate_list_response({.success = false, .error = "", .data = {}}, "task").error(),
              "Failed to fetch task");
    EXPECT_EQ(validate_dict_response({.success = false, .error = {}, .data = {}}, "task").error(),
              "Failed to fetch task");
}

TEST(BackendDict, MustBeThere) {
    EXPECT_EQ(validate_dict_response({.success = true, .error = {}, .data = {}}, "task").error(),
              "No task data returned from backend");
    const auto document = JsonDocument::parse("{}").value();
    EXPECT_TRUE(
        validate_dict_response({.success = true, .error = {}, .data = document.root()}, "task"));
}

}  // namespace
}  // namespace sluice::replay
