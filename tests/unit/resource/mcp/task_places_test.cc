// Exchanging the ids of tasks in messages.
#include "resource/mcp/task_places.h"

#include <gtest/gtest.h>

namespace sluice::resource {
namespace {

/// Ids get a tail; one called "theirs" must not stand anywhere.
std::optional<std::string> exchanged(std::string_view json, TaskSender sender) {
    std::string out;
    const auto tail = [](TaskPlace, std::string_view id) -> std::optional<std::string> {
        if (id == "theirs") return std::nullopt;
        return std::string(id) + "!";
    };
    if (!exchange_tasks(json, sender, tail, out)) return std::nullopt;
    return out;
}
std::optional<std::string> from_server(std::string_view json) {
    return exchanged(json, TaskSender::server);
}
std::optional<std::string> from_client(std::string_view json) {
    return exchanged(json, TaskSender::client);
}

TEST(TaskPlaces, AreFoundInWhatAServerSays) {
    EXPECT_EQ(
        from_server(R"({"id":1, "result" : {"task":{"status":"working","taskId":"t"}, "x":1}})"),
        R"({"id":1, "result" : {"task":{"status":"working","taskId":"t!"}, "x":1}})");
    EXPECT_EQ(from_server(R"({"result":{"taskId":"t","status":"working"},"id":1})"),
              R"({"result":{"taskId":"t!","status":"working"},"id":1})");
    EXPECT_EQ(from_server(R"({"method":"notifications/tasks/status","params":{"taskId":"t"}})"),
              R"({"method":"notifications/tasks/status","params":{"taskId":"t!"}})");
    EXPECT_EQ(
        from_server(
            R"({"result":{"content":[],"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t"}}}})"),
        R"({"result":{"content":[],"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t!"}}}})");
    EXPECT_EQ(from_server(R"([{"result":{"taskId":"a"}},{"result":{"taskId":"b"}}])"),
              R"([{"result":{"taskId":"a!"}},{"result":{"taskId":"b!"}}])");
}

TEST(TaskPlaces, AListLosesWhatMustNotStandInIt) {
    EXPECT_EQ(
        from_server(
            R"({"result":{"tasks":[{"taskId":"theirs"},{"taskId":"a","s":1},{"no":1},{"taskId":"b"}],"nextCursor":"c"}})"),
        R"({"result":{"tasks":[{"taskId":"a!","s":1},{"taskId":"b!"}],"nextCursor":"c"}})");
}

TEST(TaskPlaces, WhatIsAToolsOwnStaysAsItIs) {
    for (const std::string_view json :
         {R"({"result":{"structuredContent":{"taskId":"t"},"content":[{"taskId":"t"}]}})",
          R"({"method":"sampling/createMessage","id":1,"params":{"taskId":"t"}})",
          R"({"method":"tasks/get","id":1,"params":{"taskId":"of the client"}})",
          R"({"error":{"code":1,"data":{"taskId":"t"}}})"}) {
        EXPECT_EQ(from_server(json), json);
    }
    for (const std::string_view json :
         {R"({"method":"tools/call","id":1,"params":{"name":"x","arguments":{"taskId":"theirs"}}})",
          R"({"method":"notifications/tasks/status","params":{"taskId":"theirs"}})",
          R"({"result":{"taskId":"theirs","task":{"taskId":"theirs"}},"id":1})"}) {
        EXPECT_EQ(from_client(json), json);
    }
}

TEST(TaskPlaces, ARequestForATaskThatMustNotBeNamedIsRefused) {
    for (const std::string_view method :
         {"tasks/get", "tasks/result", "tasks/cancel", "tasks/update"}) {
        const std::string start = R"({"id":1,"method":")" + std::string(method) + R"(","params":{)";
        EXPECT_EQ(from_client(start + R"("taskId":"a"}})"), start + R"("taskId":"a!"}})");
        EXPECT_EQ(from_client(start + R"("taskId":"theirs"}})"), std::nullopt);
        EXPECT_EQ(from_client(start + R"("task\u0049d":"theirs"}})"), std::nullopt);
        EXPECT_EQ(from_client(start + R"("taskId":7}})"), std::nullopt);
    }
    EXPECT_EQ(
        from_client(
            R"({"id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"theirs"}}}})"),
        std::nullopt);
    EXPECT_EQ(
        from_client(
            R"({"id":1,"method":"subscriptions/listen","params":{"notifications":{"taskIds":["a","theirs"]}}})"),
        std::nullopt);
}

TEST(TaskPlaces, AnEscapedKeyIsNoticed) {
    EXPECT_TRUE(may_name_task(R"({"task\u0049d":1})", TaskSender::client));
    EXPECT_FALSE(may_name_task(R"({"a":"caf\u00e9 \u0007"})", TaskSender::client));
    EXPECT_FALSE(may_name_task(R"({"a":"\u0049"})", TaskSender::server));
    EXPECT_TRUE(may_name_task(R"({"taskId":1})", TaskSender::server));
}

}  // namespace
}  // namespace sluice::resource
