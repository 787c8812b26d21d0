// Protocol versions, and mirrored headers that must agree with the body.
#include "resource/mcp/era.h"

#include <gtest/gtest.h>

#include "http/request_builder.h"

namespace sluice::resource {
namespace {

constexpr std::string_view call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_note"}})";

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

std::expected<Era, RpcError> check(const Fields& fields, std::string_view text = call) {
    http::RequestBuilder post(http::Method::post, "/mcp");
    for (const auto& [name, value] : fields) post.field(name, value);
    const auto body = PostedBody::parse(text);
    const auto era = check_mirrored_headers(post.request(), body.value());
    if (era) return *era;
    // The id points into the body, which ends here; all tests look at code and text only.
    return std::unexpected(RpcError{era.error().code, era.error().message, ""});
}

void expect_mismatch(const Fields& fields, std::string_view text = call) {
    const auto era = check(fields, text);
    ASSERT_FALSE(era.has_value());
    EXPECT_EQ(era.error().code, RpcCode::header_mismatch);
}

TEST(Era, IsStatelessFromTheVersionOfJuly2026) {
    EXPECT_EQ(era_of("2026-07-28"), Era::stateless);
    EXPECT_EQ(era_of("2027-01-01"), Era::stateless);
    for (const std::string_view version :
         {"", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "DRAFT-2026-v1", "9"}) {
        EXPECT_EQ(era_of(version), Era::sessions) << version;
    }
}

TEST(MirroredHeaders, AgreeingOnesPass) {
    EXPECT_EQ(check({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "tools/call"},
                     {"Mcp-Name", "delete_note"}}),
              Era::stateless);
    EXPECT_EQ(check({{"mcp-protocol-version", "2026-07-28"}, {"mcp-method", "tools/list"}},
                    R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"),
              Era::stateless);
}

TEST(MirroredHeaders, MustStandInTheStatelessEra) {
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"}});
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}});
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Name", "delete_note"}});
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"}},
                    R"({"jsonrpc":"2.0","method":"notifications/cancelled"})");
}

TEST(MirroredHeaders, MustAgreeInTheStatelessEra) {
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "tools/list"},
                     {"Mcp-Name", "delete_note"}});
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "tools/call"},
                     {"Mcp-Name", "read_note"}});
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "TOOLS/CALL"},
                     {"Mcp-Name", "delete_note"}});
}

TEST(MirroredHeaders, MustAgreeWhereverTheyStand) {
    EXPECT_EQ(check({}), Era::sessions);
    EXPECT_EQ(check({{"MCP-Protocol-Version", "2025-06-18"}}), Era::sessions);
    expect_mismatch({{"MCP-Protocol-Version", "2025-06-18"}, {"Mcp-Name", "read_note"}});
    expect_mismatch({{"Mcp-Method", "tools/list"}});
    expect_mismatch({{"MCP-Protocol-Version", "some-future-thing"}, {"Mcp-Method", "tools/list"}});
}

TEST(MirroredHeaders, MayEncodeANameInBase64) {
    EXPECT_EQ(decode_mirrored("=?base64?ZGVsZXRlX25vdGU=?="), "delete_note");
    EXPECT_EQ(decode_mirrored("=?base64?5p2x5Lqs?="), "東京");
    EXPECT_EQ(decode_mirrored("plain=?"), "plain=?");
    EXPECT_EQ(decode_mirrored("=?base64?***?="), std::nullopt);
    EXPECT_EQ(check({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "tools/call"},
                     {"Mcp-Name", "=?base64?ZGVsZXRlX25vdGU=?="}}),
              Era::stateless);
    expect_mismatch({{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", "tools/call"},
                     {"Mcp-Name", "=?base64?cmVhZF9ub3Rl?="}});
    expect_mismatch({{"Mcp-Name", "=?base64?%%%?="}});
}

TEST(MirroredHeaders, AreAsciiAndEncodedInOneSpelling) {
    constexpr std::string_view tokyo =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"東京"}})";
    EXPECT_EQ(check({{"Mcp-Name", "=?base64?5p2x5Lqs?="}}, tokyo), Era::sessions);
    expect_mismatch({{"Mcp-Name", "東京"}}, tokyo);
    expect_mismatch({{"Mcp-Name", "=?BASE64?5p2x5Lqs?="}}, tokyo);
    expect_mismatch({{"Mcp-Name", "=?Base64?5p2x5Lqs?="}}, tokyo);
    // As a name of that very text, too: others may decode it.
    expect_mismatch({{"Mcp-Name", "=?BASE64?eA==?="}},
                    R"({"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                    R"("params":{"name":"=?BASE64?eA==?="}})");
    // Where the name means nothing here, it may mean something to the MCP server.
    constexpr std::string_view other = R"({"jsonrpc":"2.0","id":1,"method":"tasks/gät"})";
    expect_mismatch({{"Mcp-Method", "tasks/gät"}}, other);
    expect_mismatch({{"Mcp-Name", "東京"}}, other);
    for (const std::string_view name : {"Mcp-Param-City", "mcp-param-city"}) {
        EXPECT_EQ(check({{name, "Tokyo"}}), Era::sessions);
        EXPECT_EQ(check({{name, "=?base64?5p2x5Lqs?="}}), Era::sessions);
        expect_mismatch({{name, "東京"}});
        expect_mismatch({{name, "=?BASE64?5p2x5Lqs?="}});
        expect_mismatch({{name, "=?base64?***?="}});
    }
}

TEST(MirroredHeaders, StandingTwiceAreRefused) {
    expect_mismatch({{"Mcp-Name", "delete_note"}, {"Mcp-Name", "delete_note"}});
    expect_mismatch(
        {{"MCP-Protocol-Version", "2025-06-18"}, {"MCP-Protocol-Version", "2025-06-18"}});
}

TEST(MirroredHeaders, VersionMustBeTheOneOfTheBody) {
    constexpr std::string_view list =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)"
        R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})";
    EXPECT_EQ(check({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/list"}}, list),
              Era::stateless);
    expect_mismatch({{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "tools/list"}}, list);
    expect_mismatch({{"Mcp-Method", "tools/list"}}, list);
    expect_mismatch({{"MCP-Protocol-Version", "2027-01-01"}, {"Mcp-Method", "tools/list"}}, list);
}

TEST(MirroredHeaders, InitializeBelongsToTheOlderEraWhateverItProposes) {
    constexpr std::string_view initialize =
        R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":)"
        R"({"protocolVersion":"2026-07-28"}})";
    EXPECT_EQ(check({{"MCP-Protocol-Version", "2026-07-28"}}, initialize), Era::sessions);
    EXPECT_EQ(check({}, initialize), Era::sessions);
}

TEST(MirroredHeaders, AResponseHasNothingToMirror) {
    EXPECT_EQ(
        check({{"MCP-Protocol-Version", "2025-11-25"}}, R"({"jsonrpc":"2.0","id":3,"result":{}})"),
        Era::sessions);
}

TEST(MirroredHeaders, TheStatelessEraHasNoBatches) {
    const auto era = check({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "ping"}},
                           R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])");
    ASSERT_FALSE(era.has_value());
    EXPECT_EQ(era.error().code, RpcCode::invalid_request);
    EXPECT_EQ(check({}, R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])"), Era::sessions);
}

}  // namespace
}  // namespace sluice::resource
