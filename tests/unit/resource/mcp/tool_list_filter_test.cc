// What tools/list shows.
#include "resource/mcp/tool_list_filter.h"

#include <gtest/gtest.h>

namespace sluice::resource {
namespace {

const ShowsTool hides_delete = [](std::string_view tool) { return !tool.starts_with("delete"); };

std::string filtered(std::string_view json) {
    std::string out;
    EXPECT_TRUE(filter_tool_lists(json, hides_delete, out).has_value());
    return out;
}

TEST(ToolFilter, LeavesOutWhatIsNotShownAndKeepsTheRestAsItWasWritten) {
    std::string out = "before ";
    const auto counts = filter_tool_lists(
        R"({"jsonrpc":"2.0", "id":1,"result":{"tools":[ {"name":"read_note", "x":1.50},)"
        R"( {"name":"delete_note"},{"name":"list_notes"} ],"nextCursor":"c\u0041"}})",
        hides_delete, out);
    ASSERT_TRUE(counts.has_value());
    EXPECT_EQ(counts->before, 3U);
    EXPECT_EQ(counts->after, 2U);
    EXPECT_EQ(
        out, R"(before {"jsonrpc":"2.0", "id":1,"result":{"tools":[{"name":"read_note", "x":1.50},)"
             R"({"name":"list_notes"}],"nextCursor":"c\u0041"}})");
}

TEST(ToolFilter, SeesThroughEscapedNames) {
    EXPECT_EQ(filtered(R"({"result":{"t\u006fols":[{"n\u0061me":"d\u0065lete_note"}]}})"),
              R"({"result":{"t\u006fols":[]}})");
}

TEST(ToolFilter, FiltersEveryMessageOfABatch) {
    EXPECT_EQ(filtered(R"([{"id":1,"result":{"tools":[{"name":"delete_a"}]}},{"id":2,"result":{}},)"
                       R"({"id":3,"result":{"tools":[{"name":"delete_b"},{"name":"c"}]}}])"),
              R"([{"id":1,"result":{"tools":[]}},{"id":2,"result":{}},)"
              R"({"id":3,"result":{"tools":[{"name":"c"}]}}])");
}

TEST(ToolFilter, LeavesOutWhatHasNoNameToDecideOn) {
    EXPECT_EQ(filtered(R"({"result":{"tools":[{"name":7},{},"delete_a",{"name":"b"}]}})"),
              R"({"result":{"tools":[{"name":"b"}]}})");
}

TEST(ToolFilter, CarriesAnySchema) {
    const std::string deep = std::string(500, '[') + std::string(500, ']');
    for (const std::string& schema :
         std::vector<std::string>{R"({"maximum":18446744073709551616})", R"({"maximum":1e400})",
                                  R"({"default":"\ud83d"})", R"({"type":"a","type":"b"})", deep}) {
        const std::string shown = R"({"name":"read_note", "inputSchema": )" + schema + "}";
        EXPECT_EQ(
            filtered(R"({"id":1.0,"result":{"tools":[)" + shown + R"(,{"name":"delete_a"}]}})"),
            R"({"id":1.0,"result":{"tools":[)" + shown + "]}}");
    }
}

TEST(ToolFilter, LeavesOutWhatHasSeveralNames) {
    EXPECT_EQ(
        filtered(R"({"result":{"tools":[{"name":"a","n\u0061me":"delete_a"},{"name":"b"}]}})"),
        R"({"result":{"tools":[{"name":"b"}]}})");
    EXPECT_EQ(filtered(R"({"result":{"tools":[]},"result":{"tools":[{"name":"delete_a"}],)"
                       R"("tools":[{"name":"delete_b"},{"name":"c"}]}})"),
              R"({"result":{"tools":[]},"result":{"tools":[],"tools":[{"name":"c"}]}})");
}

TEST(ToolFilter, MakesAListThatIsOneReadersOwnPrivate) {
    EXPECT_EQ(filtered(R"({"result":{"cacheScope":"public","ttlMs":5,"tools":[]}})"),
              R"({"result":{"cacheScope":"private","ttlMs":5,"tools":[]}})");
    EXPECT_EQ(filtered(R"({"result":{"tools":[],"cacheScope":"public"}})"),
              R"({"result":{"tools":[],"cacheScope":"private"}})");
}

TEST(ToolFilter, LeavesOtherMessagesAlone) {
    for (const std::string_view json :
         {R"({"result":{"content":[{"type":"text","text":"tools"}],"isError":false}})",
          R"({"error":{"code":-1,"message":"x","data":{"tools":[{"name":"delete_a"}]}}})",
          R"({"method":"notifications/tools/list_changed"})", R"({"result":{"tools":"none"}})",
          R"([])", R"(7)"}) {
        EXPECT_EQ(filtered(json), json);
    }
}

TEST(ToolFilter, RefusesWhatIsNoJsonSinceALaxerReaderMightSeeAListInIt) {
    std::string out;
    EXPECT_FALSE(
        filter_tool_lists(R"({"result":{"tools":[{"name":"delete_a"}]})", hides_delete, out));
    EXPECT_FALSE(
        filter_tool_lists(R"({"result":{"tools":[{"name":"delete_a"},]}})", hides_delete, out));
}

TEST(ToolFilter, ReadsPastAByteOrderMark) {
    EXPECT_EQ(filtered("\xef\xbb\xbf{\"result\":{\"tools\":[{\"name\":\"delete_a\"}]}}"),
              R"({"result":{"tools":[]}})");
}

}  // namespace
}  // namespace sluice::resource
