// Tasks belong to who created them.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

/// Creates task "raw" for every tools/call, tells of any, and lists "raw" and "foreign".
io::Task<void> server_of_tasks(http::Exchange& exchange) {
    const std::string_view body = exchange.request().body();
    exchange.response().add_field("Content-Type", "application/json");
    const auto result = [&exchange](std::string_view text) {
        exchange.response().body() = fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{}}})", text);
    };
    if (body.contains("tools/call")) {
        result(R"({"task":{"taskId":"raw","status":"working"}})");
    } else if (body.contains("tasks/list")) {
        result(R"({"tasks":[{"taskId":"foreign"},{"taskId":"raw"}]})");
    } else {
        result(R"({"taskId":"raw","status":"completed"})");
    }
    co_return;
}

std::string task_id_of(const Answer& answer) {
    const auto document = JsonDocument::parse(answer.body);
    const auto result = document ? document->root().find("result") : std::nullopt;
    if (!result) return "";
    const auto task = result->find("task");
    return std::string((task ? *task : *result).find_string("taskId").value_or(""));
}

std::string about(std::string_view method, std::string_view task) {
    return rpc(method, fmt::format(R"({{"taskId":"{}"}})", task));
}

TEST(GatewayTasks, AreReadByWhoCreatedThem) {
    World world(2);
    world.upstream.answer = server_of_tasks;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const std::string task = task_id_of(
            co_await world.ask(shard, {.body = tool_call("create_note"), .token = "writer"}));
        EXPECT_TRUE(task.starts_with("raw."));
        for (const std::string_view method : {"tasks/get", "tasks/result", "tasks/cancel"}) {
            world.upstream.seen.clear();
            const Answer own =
                co_await world.ask(shard, {.body = about(method, task), .token = "writer"});
            EXPECT_EQ(task_id_of(own), task) << method;
            EXPECT_EQ(world.upstream.seen.front().body, about(method, "raw"));

            world.upstream.seen.clear();
            for (const std::string& guess : {task, std::string("raw"), task + "A"}) {
                const std::string_view token = guess == task ? "second" : "writer";
                const Answer other = co_await world.ask(
                    shard, {.body = about(method, guess), .token = std::string(token)});
                EXPECT_TRUE(has(other.body, R"("id":1)")) << method << guess;
                EXPECT_TRUE(has(other.body, "-32602")) << method << guess;
            }
            EXPECT_TRUE(world.upstream.seen.empty());
        }
    });
}

TEST(GatewayTasks, AreListedForWhoCreatedThem) {
    World world(2);
    world.upstream.answer = server_of_tasks;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const std::string task = task_id_of(
            co_await world.ask(shard, {.body = tool_call("create_note"), .token = "writer"}));
        const Ask list{.body = rpc("tasks/list", "{}"), .token = "writer"};
        const Answer own = co_await world.ask(shard, list);
        EXPECT_EQ(own.body, fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{{"tasks":)"
                                        R"([{{"taskId":"{}"}}]}}}})",
                                        task));
        Ask others = list;
        others.token = "second";
        EXPECT_TRUE(has((co_await world.ask(shard, others)).body, R"("tasks":[])"));
    });
}

TEST(GatewayTasks, HaveTheirOwnIdInEventsToo) {
    World world;
    world.upstream.answer = FakeUpstream::fixed(
        200, "text/event-stream",
        "data: "
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks/status\",\"params\":{\"taskId\":"
        "\"raw\"}}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"taskId\":\"raw\"}}\n\n");
    const Answer answer = world.answer_to({.body = tool_call("read_note")});
    EXPECT_FALSE(has(answer.body, "\"raw\""));
    EXPECT_TRUE(has(answer.body, "\"raw."));
}

TEST(GatewayTasks, TheMirroredHeaderFollows) {
    World world;
    world.upstream.answer = server_of_tasks;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const std::string task = task_id_of(
            co_await world.ask(shard, {.body = tool_call("create_note"), .token = "writer"}));
        co_await world.ask(shard, {.body = about("tasks/get", task),
                                   .fields = {{"Mcp-Method", "tasks/get"}, {"Mcp-Name", task}},
                                   .token = "writer"});
        EXPECT_TRUE(has(world.upstream.seen.back().fields, "mcp-name: raw\n"));
    });
}

TEST(GatewayTasks, BodiesThatNameNoneStayAsTheyWereWritten) {
    World world;
    const std::string text =
        R"( {"id" : 1,"jsonrpc":"2.0", "result":{"structuredContent":{"taskId" :"x"}} } )";
    world.upstream.answer = FakeUpstream::fixed(200, "application/json", text);
    EXPECT_EQ(world.answer_to({.body = tool_call("read_note")}).body, text);
}

}  // namespace
}  // namespace sluice::resource
