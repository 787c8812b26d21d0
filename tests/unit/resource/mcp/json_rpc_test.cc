// Reading what a client posted, and the errors that answer it.
#include "resource/mcp/json_rpc.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "resource/mcp/json_rpc_error.h"

namespace sluice::resource {
namespace {

RpcError error_of(std::string_view text) {
    const auto body = PostedBody::parse(text);
    EXPECT_FALSE(body.has_value()) << text;
    return body ? RpcError{} : body.error();
}

TEST(PostedBody, ReadsAToolCallAndKeepsItsIdAsItWasWritten) {
    const std::string_view text = R"({"jsonrpc":"2.0","id": 1.50 ,"method":"tools/call",)"
                                  R"("params":{"name":"delete\u005fnote","arguments":{"id":7}}})";
    const auto body = PostedBody::parse(text);
    ASSERT_TRUE(body.has_value());
    ASSERT_EQ(body->messages().size(), 1U);
    EXPECT_FALSE(body->is_batch());
    const Message& call = body->messages().front();
    EXPECT_EQ(call.kind, Message::Kind::request);
    EXPECT_EQ(call.id, "1.50");
    EXPECT_TRUE(call.is_tool_call());
    EXPECT_EQ(call.name, "delete_note");
    EXPECT_EQ(call.text, text);
}

TEST(PostedBody, TellsRequestsNotificationsAndResponsesApart) {
    const auto body = PostedBody::parse(
        R"([{"jsonrpc":"2.0","id":"a","method":"ping"},)"
        R"({"jsonrpc":"2.0","method":"notifications/initialized"},)"
        R"({"jsonrpc":"2.0","id":4,"result":{}},{"jsonrpc":"2.0","id":5,"error":{"code":1}}])");
    ASSERT_TRUE(body.has_value());
    EXPECT_TRUE(body->is_batch());
    ASSERT_EQ(body->messages().size(), 4U);
    EXPECT_EQ(body->messages()[0].kind, Message::Kind::request);
    EXPECT_EQ(body->messages()[0].id, "\"a\"");
    EXPECT_EQ(body->messages()[1].kind, Message::Kind::notification);
    EXPECT_EQ(body->messages()[1].id, "");
    EXPECT_EQ(body->messages()[2].kind, Message::Kind::response);
    EXPECT_EQ(body->messages()[3].kind, Message::Kind::response);
}

TEST(PostedBody, ReadsTheNameOfPromptsAndTheUriOfResources) {
    const auto prompt = PostedBody::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p"}})");
    EXPECT_EQ(prompt.value().messages().front().name, "p");
    const auto resource = PostedBody::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///x"}})");
    EXPECT_EQ(resource.value().messages().front().name, "file:///x");
}

TEST(PostedBody, ReadsTheVersionThatMetaDeclares) {
    const auto body =
        PostedBody::parse(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)"
                          R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})");
    EXPECT_EQ(body.value().messages().front().protocol_version, "2026-07-28");
}

TEST(PostedBody, RefusesWhatIsNoJson) {
    for (const std::string_view text :
         {"", " ", "{", "nonsense", R"({"jsonrpc":"2.0","id":1,"method":"ping"} x)",
          "\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"}) {
        EXPECT_EQ(error_of(text).code, RpcCode::parse_error) << text;
        EXPECT_EQ(error_of(text).id, "");
    }
}

TEST(PostedBody, CarriesWhatNothingIsDecidedOn) {
    const std::string deep = std::string(500, '[') + std::string(500, ']');
    for (const std::string& arguments : std::vector<std::string>{
             R"({"n":12345678901234567890123,"f":1e400,"g":-0.0})", R"({"text":"cut \ud83d"})",
             R"({"a":1,"a":2,"a":{"name":1,"name":2}})", R"({"\ud83d":"\ude00"})", R"(null)",
             R"({"id":1,"method":2,"params":null,"jsonrpc":3})", deep}) {
        const std::string text =
            fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"tools/call","extra":{0},"extra":{0},)"
                        R"("params":{{"name":"read_note","arguments":{0},"other":1,"other":2}}}})",
                        arguments);
        const auto body = PostedBody::parse(text);
        ASSERT_TRUE(body.has_value()) << text << body.error().message;
        EXPECT_EQ(body->messages().front().name, "read_note");
        EXPECT_EQ(body->messages().front().text, text);
    }
}

TEST(PostedBody, RefusesAKeyTwiceThatIsDecidedOn) {
    const auto error = [](std::string_view more, std::string_view more_params) {
        return error_of(fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                                    R"("params":{{"name":"read_note","_meta":{{}}{}}}{}}})",
                                    more_params, more));
    };
    for (const std::string_view more :
         {R"(,"method":"ping")", R"(,"m\u0065thod":"ping")", R"(,"params":{})", R"(,"id":1)",
          R"(,"jsonrpc":"2.0")", R"(,"params":null)"}) {
        EXPECT_EQ(error(more, "").code, RpcCode::invalid_request) << more;
    }
    for (const std::string_view more :
         {R"(,"name":"read_note")", R"(,"n\u0061me":"x")", R"(,"_meta":{})",
          R"(,"requestState":"a","requestState":"b")", R"(,"taskId":"a","taskId":"b")"}) {
        EXPECT_EQ(error("", more).code, RpcCode::invalid_request) << more;
    }
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{)"
                       R"("sluice/justification":"a","sluice/justification":"b"}}})")
                  .code,
              RpcCode::invalid_request);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"result":{},"result":{}})").code,
              RpcCode::invalid_request);
}

TEST(PostedBody, KeepsIdsAsTheyCame) {
    for (const std::string_view id : {"1.0", "1e2", "-0", "123456789012345678901234567890", "1e400",
                                      R"("\u0061\/\ud83d")", R"("")"}) {
        const std::string text =
            fmt::format(R"({{"jsonrpc":"2.0","id" : {} ,"method":"ping"}})", id);
        const auto body = PostedBody::parse(text);
        ASSERT_TRUE(body.has_value()) << id;
        EXPECT_EQ(body->messages().front().id, id);
    }
}

TEST(PostedBody, TakesParamsThatAreNull) {
    const auto body =
        PostedBody::parse(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":null})");
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":null})").code,
              RpcCode::invalid_params);
}

TEST(PostedBody, ReadsAReasonThatWasCutWithinACharacter) {
    const auto body = PostedBody::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{)"
        R"("sluice/justification":"cut \ud83d"}}})");
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->messages().front().justification, "cut \xef\xbf\xbd");
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)"
                       R"({"name":"cut \ud83d"}})")
                  .code,
              RpcCode::invalid_params)
        << "a name is decided on";
}

TEST(PostedBody, RefusesWhatIsNoMessage) {
    for (const std::string_view text :
         {"7", "\"x\"", "[]", "[1]", "[[]]", R"({"id":1,"method":"ping"})",
          R"({"jsonrpc":"1.0","id":1,"method":"ping"})", R"({"jsonrpc":"2.0","id":1})",
          R"({"jsonrpc":"2.0","id":null,"method":"ping"})",
          R"({"jsonrpc":"2.0","id":{},"method":"ping"})", R"({"jsonrpc":"2.0","id":1,"method":7})",
          R"({"jsonrpc":"2.0","id":1,"method":""})",
          R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})",
          R"({"jsonrpc":"2.0","id":1,"method":"ping","params":"x"})",
          R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}})",
          R"({"jsonrpc":"2.0","method":"tools/list"})"}) {
        EXPECT_EQ(error_of(text).code, RpcCode::invalid_request) << text;
    }
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":9,"method":7})").id, "9");
}

// JSON-RPC 2.0 §5: where the id of the request could not be read.
TEST(PostedBody, TakesNullForTheIdOfAnErrorAlone) {
    const auto body = PostedBody::parse(
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})");
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->messages().front().kind, Message::Kind::response);
    for (const std::string_view text :
         {R"({"jsonrpc":"2.0","id":null,"result":{}})",
          R"({"jsonrpc":"2.0","id":null,"method":"ping","error":{}})"}) {
        EXPECT_EQ(error_of(text).code, RpcCode::invalid_request) << text;
    }
}

TEST(PostedBody, RefusesAToolCallWithoutTheNameOfATool) {
    for (const std::string_view params : {R"({})", R"({"name":7})", R"({"name":""})", R"(["x"])"}) {
        std::string text = R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":)";
        text += params;
        text += "}";
        EXPECT_EQ(error_of(text).code, RpcCode::invalid_params) << text;
        EXPECT_EQ(error_of(text).id, "3");
    }
}

TEST(PostedBody, RefusesControlCharactersInMethodsAndNames) {
    const std::string_view call =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_note"}})";
    ASSERT_TRUE(PostedBody::parse(call).has_value());
    for (const std::string_view control : {R"(\u0000)", R"(\n)", R"(\u001f)", "\x7f"}) {
        for (const std::string_view text : {"tools/call", "delete_note"}) {
            std::string changed(call);
            changed.insert(changed.find(text) + text.size(), control);
            EXPECT_EQ(error_of(changed).id, "1") << changed;
        }
    }
}

TEST(PostedBody, RefusesKeysThatAServerIgnoringCaseWouldTakeForOthers) {
    const std::string_view call =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"X}Y})";
    const auto with = [&](std::string_view in_params, std::string_view in_message) {
        std::string text(call);
        text.replace(text.find('Y'), 1, in_message);
        return text.replace(text.find('X'), 1, in_params);
    };
    for (const std::string_view key :
         {"Method", "METHOD", "m\\u0065thoD", "Params", "param\xc5\xbf", "param\\u017f", "ID",
          "\xc4\xb1\x64", "Jsonrpc"}) {
        const std::string text = with("", fmt::format(R"(,"{}":"x")", key));
        const RpcError error = error_of(text);
        EXPECT_EQ(error.code, RpcCode::invalid_request) << key;
        EXPECT_EQ(error.id, "1") << key;
    }
    for (const std::string_view key : {"Name", "NAME", "URI", "_Meta", "_META", "ur\\u0130"}) {
        const std::string text = with(fmt::format(R"(,"{}":"delete_note")", key), "");
        const RpcError error = error_of(text);
        EXPECT_EQ(error.code, RpcCode::invalid_request) << key;
    }
    for (const std::string_view key : {"uri", "_meta", "names", "Nam", "nam\xc5\xbf", "title"}) {
        EXPECT_TRUE(PostedBody::parse(with(fmt::format(R"(,"{}":{{}})", key), "")).has_value());
    }
    for (const std::string_view key : {"methods", "i", "Idx", "meta"}) {
        EXPECT_TRUE(PostedBody::parse(with("", fmt::format(R"(,"{}":{{}})", key))).has_value());
    }
    // Arguments are the tool's own affair.
    EXPECT_TRUE(PostedBody::parse(with(R"(,"arguments":{"Name":1,"Method":2})", "")).has_value());
}

TEST(PostedBody, BoundsMethodsAndNames) {
    const auto text = [](std::string_view method, std::string_view member, std::string_view name) {
        return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{"{}":"{}"}}}})",
                           method, member, name);
    };
    const std::string longest(PostedBody::name_bytes_max, 'x');
    const std::string longer = longest + "x";
    EXPECT_TRUE(PostedBody::parse(text(longest, "a", "b")).has_value());
    EXPECT_EQ(error_of(text(longer, "a", "b")).code, RpcCode::invalid_request);
    for (const std::string_view method : {"tools/call", "prompts/get"}) {
        EXPECT_TRUE(PostedBody::parse(text(method, "name", longest)).has_value());
        EXPECT_EQ(error_of(text(method, "name", longer)).code, RpcCode::invalid_request);
    }
    EXPECT_TRUE(PostedBody::parse(text("resources/read", "uri", longer)).has_value());
}

TEST(PostedBody, KeepsKindsAndIdsWithoutItsDocument) {
    const std::string text =
        R"([{"jsonrpc":"2.0","id":"\u0061","method":"ping"},{"jsonrpc":"2.0","method":"n"}])";
    auto body = PostedBody::parse(text).value();
    body.forget_document();
    ASSERT_EQ(body.messages().size(), 2U);
    EXPECT_TRUE(body.is_batch());
    EXPECT_EQ(body.messages()[0].id, R"("\u0061")");
    EXPECT_EQ(body.messages()[0].kind, Message::Kind::request);
    EXPECT_EQ(body.messages()[0].method, "");
    EXPECT_EQ(body.messages()[1].kind, Message::Kind::notification);
}

TEST(PostedBody, RefusesABatchThatIsTooLarge) {
    const auto batch = [](std::size_t size) {
        std::string text = "[";
        for (std::size_t i = 0; i < size; ++i) {
            if (i != 0) text += ',';
            text += R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
        }
        return text + "]";
    };
    const std::string largest = batch(PostedBody::batch_size_max);
    EXPECT_TRUE(PostedBody::parse(largest).has_value());
    EXPECT_EQ(error_of(batch(PostedBody::batch_size_max + 1)).code, RpcCode::invalid_request);
}

TEST(RpcAnswer, CarriesIdReasonCodeAndChallenge) {
    std::string out;
    append_rpc_error(out, "\"a\"",
                     {.code = RpcCode::insufficient_scope,
                      .message = "no",
                      .error = "insufficient_scope",
                      .request_id = 12,
                      .challenge = "Bearer scope=\"x\""});
    EXPECT_EQ(out, R"({"jsonrpc":"2.0","id":"a","error":{"code":-32011,"message":"no","data":)"
                   R"({"error":"insufficient_scope","request_id":"12","_meta":)"
                   R"({"mcp/www_authenticate":["Bearer scope=\"x\""]}}}})");
}

TEST(RpcAnswer, LeavesOutAnIdThatIsNotKnown) {
    std::string out;
    append_rpc_error(out, "", {.code = RpcCode::parse_error, .message = "m", .error = "e"});
    EXPECT_EQ(out.find("\"id\""), std::string::npos);
    EXPECT_EQ(out.find("null"), std::string::npos);
}

TEST(RpcAnswer, AnswersEveryRequestOfABatch) {
    const std::string_view text =
        R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"n"},)"
        R"({"jsonrpc":"2.0","id":2,"method":"ping"}])";
    const auto body = PostedBody::parse(text);
    std::string out;
    append_rpc_errors(out, body.value(),
                      {.code = RpcCode::upstream_failed,
                       .message = "the reason",
                       .error = "e",
                       .challenge = "Bearer x"});
    const auto document = JsonDocument::parse(out);
    const auto errors = document.value().root().elements();
    ASSERT_EQ(errors.size(), 2U);
    for (const JsonValue& error : errors) {
        EXPECT_EQ(error.find("error")->find("data")->find_string("error"), "e");
        EXPECT_EQ(error.find("error")->find("code")->integer(), -32012);
    }
    EXPECT_EQ(errors[0].find("id")->integer(), 1);
    EXPECT_EQ(errors[1].find("id")->integer(), 2);
    // The long part once only.
    for (const std::string_view once : {"the reason", "Bearer x"}) {
        EXPECT_NE(out.find(once), std::string::npos);
        EXPECT_EQ(out.find(once), out.rfind(once));
    }
}

}  // namespace
}  // namespace sluice::resource
