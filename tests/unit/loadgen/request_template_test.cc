// Slots in every place, and the length of the body they end up in.
#include "loadgen/request_template.h"

#include <gtest/gtest.h>

namespace sluice::loadgen {
namespace {

std::string written(const RequestParts& parts, const SlotValues& values) {
    const auto compiled = RequestTemplate::compile(parts);
    EXPECT_TRUE(compiled.has_value());
    std::string out;
    if (compiled) compiled->write(out, values);
    return out;
}

TEST(RequestTemplate, WritesAPlainRequest) {
    const RequestParts parts{.target = "/a?b", .host = "h:1", .fields = {{"X", "y"}}};
    EXPECT_EQ(written(parts, {}), "GET /a?b HTTP/1.1\r\nHost: h:1\r\nX: y\r\n\r\n");
}

TEST(RequestTemplate, CountsABodyThatNeverDiffersOnce) {
    const RequestParts parts{
        .method = "POST", .host = "h", .body = "abc", .has_body = true, .close = true};
    EXPECT_EQ(written(parts, {}),
              "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
}

TEST(RequestTemplate, FillsSlotsAndCountsWhatTheyHold) {
    const RequestParts parts{.method = "POST",
                             .target = "/{{n}}",
                             .host = "h",
                             .fields = {{"Authorization", "Bearer {{token}}"}},
                             .body = R"({"t":"{{token}}","n":{{n}},"r":"{{random}}"})",
                             .has_body = true};
    EXPECT_EQ(written(parts, {.token = "tok", .number = 120, .random = 0xabc}),
              "POST /120 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer tok\r\n"
              "Content-Length: 42\r\n\r\n"
              R"({"t":"tok","n":120,"r":"0000000000000abc"})");
    EXPECT_NE(written(parts, {.token = "", .number = 9}).find("Content-Length: 37\r\n"),
              std::string::npos);
}

TEST(RequestTemplate, KnowsWhetherATokenIsNeeded) {
    EXPECT_TRUE(RequestTemplate::compile({.fields = {{"A", "{{token}}"}}})->needs_token());
    EXPECT_TRUE(RequestTemplate::compile({.body = "{{token}}", .has_body = true})->needs_token());
    EXPECT_FALSE(RequestTemplate::compile({.body = "{{n}}", .has_body = true})->needs_token());
}

TEST(RequestTemplate, RefusesASlotThatDoesNotExist) {
    const auto compiled = RequestTemplate::compile({.body = "{{tokn}}", .has_body = true});
    ASSERT_FALSE(compiled.has_value());
    EXPECT_NE(compiled.error().find("{{tokn}}"), std::string::npos);
    EXPECT_TRUE(RequestTemplate::compile({.body = R"({"a":{"b":1}})", .has_body = true}));
}

}  // namespace
}  // namespace sluice::loadgen
