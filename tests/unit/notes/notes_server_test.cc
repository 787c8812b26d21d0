#include "notes/notes_server.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "http/request_builder.h"

namespace sluice::notes {
namespace {

struct Answer {
    http::Status status;
    std::string body;
};

Answer post(NotesServer& server, std::string_view body, std::string_view version = {}) {
    http::RequestBuilder builder(http::Method::post, "/mcp");
    builder.field("Host", "a").body(body);
    if (!version.empty()) builder.field("MCP-Protocol-Version", version);
    http::Response response;
    server.handle(builder.request(), response);
    return {response.status(), response.body()};
}

std::string call(std::string_view tool, std::string_view arguments) {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
           std::string(tool) + R"(","arguments":)" + std::string(arguments) + "}}";
}

TEST(NotesServer, KeepsNotesBetweenCalls) {
    NotesServer server;
    EXPECT_NE(
        post(server, call("create_note", R"({"id":"a","text":"hello"})")).body.find("Created"),
        std::string::npos);
    EXPECT_NE(post(server, call("get_note", R"({"id":"a"})")).body.find("hello"),
              std::string::npos);
    EXPECT_NE(post(server, call("delete_note", R"({"id":"a"})")).body.find("Deleted"),
              std::string::npos);
    EXPECT_NE(post(server, call("get_note", R"({"id":"a"})")).body.find(R"("isError":true)"),
              std::string::npos);
}

TEST(NotesServer, MarksResultsCompleteInTheStatelessRevisionOnly) {
    NotesServer server;
    const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    EXPECT_EQ(post(server, list).body.find("resultType"), std::string::npos);
    EXPECT_NE(post(server, list, "2026-07-28").body.find(R"("resultType":"complete")"),
              std::string::npos);
}

TEST(NotesServer, RefusesVersionsItDoesNotSpeak) {
    NotesServer server;
    const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    EXPECT_EQ(post(server, list, "2025-06-18").status, http::Status::ok);
    const Answer refused = post(server, list, "2031-01-01");
    EXPECT_EQ(refused.status, http::Status::bad_request);
    EXPECT_NE(refused.body.find("-32022"), std::string::npos);
}

TEST(NotesServer, AnswersABatchMessageByMessage) {
    NotesServer server;
    const Answer answer = post(server, R"([{"jsonrpc":"2.0","id":1,"method":"ping"},
        {"jsonrpc":"2.0","method":"notifications/initialized"},
        {"jsonrpc":"2.0","id":"b","method":"nope"}])");
    const auto document = JsonDocument::parse(answer.body);
    ASSERT_TRUE(document);
    ASSERT_EQ(document->root().elements().size(), 2U);
    EXPECT_TRUE(document->root().elements()[0].find("result"));
    EXPECT_EQ(document->root().elements()[1].find_string("id"), "b");
    EXPECT_EQ(post(server, "[]").status, http::Status::bad_request);
}

TEST(NotesServer, AcceptsWhatAsksForNothing) {
    NotesServer server;
    EXPECT_EQ(post(server, R"({"jsonrpc":"2.0","method":"notifications/initialized"})").status,
              http::Status::accepted);
    EXPECT_EQ(post(server, R"({"jsonrpc":"2.0","id":1,"result":{}})").status,
              http::Status::accepted);
    EXPECT_EQ(post(server, R"({"jsonrpc":"2.0","id":1})").status, http::Status::bad_request);
}

}  // namespace
}  // namespace sluice::notes
