// Field lists: what is added, found, and gone through by who writes it.
#include "http/field_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "http/message.h"
#include "http/writer.h"

namespace sluice::http {
namespace {

TEST(ResponseFields, AreFoundIgnoringCase) {
    Response response;
    response.add_field("Set-Cookie", "a=1");
    response.add_field("set-cookie", "b=2");
    EXPECT_EQ(response.field("SET-COOKIE"), "a=1");
    EXPECT_EQ(response.field_count("Set-Cookie"), 2u);
    EXPECT_EQ(response.field("Set"), std::nullopt);
}

TEST(ResponseFields, MayComeAsABlock) {
    const FieldList common{{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
    Response response;
    response.add_field("A", "1");
    response.add_fields(common);
    EXPECT_EQ(response.fields().http1_text(),
              "A: 1\r\nCache-Control: no-store\r\nPragma: no-cache\r\n");
}

TEST(ResponseFieldsDeathTest, TakeNoLineEnds) {
    Response response;
    EXPECT_DEATH(response.add_field("Location", "/a\r\nSet-Cookie: x"), "Location");
    EXPECT_DEATH(response.add_field("Bad Name", "x"), "Bad Name");
    EXPECT_DEATH(response.add_field("content-length", "1"), "content-length");
    response.add_field("Location", "/a");
    EXPECT_EQ(response.field("Location"), "/a");
}

TEST(FieldList, GivesNamesAndValuesInOrder) {
    const FieldList fields{{"A", ""}, {"Location", "https://a/?b=c: d"}, {"X-Tab", "a\tb"}};
    std::string seen;
    for (const auto& [name, value] : fields) seen.append(name).append("=").append(value) += '|';
    EXPECT_EQ(seen, "A=|Location=https://a/?b=c: d|X-Tab=a\tb|");
    const FieldList none;
    EXPECT_TRUE(none.begin() == none.end());
    EXPECT_TRUE(none.empty());
}

TEST(FieldList, IsEmptyOnceCleared) {
    FieldList fields{{"A", "1"}, {"a", "2"}};
    EXPECT_EQ(fields.count("A"), 2u);
    EXPECT_EQ(fields.find("a"), "1");
    fields.clear();
    EXPECT_TRUE(fields.empty());
    EXPECT_EQ(fields.count("A"), 0u);
    fields.add("B", "3");
    EXPECT_EQ(fields.http1_text(), "B: 3\r\n");
}

// RFC 7541 §6.2.2: a literal field without indexing, with a new name.
void append_hpack(std::string& out, std::string_view name, std::string_view value) {
    ASSERT_LT(std::max(name.size(), value.size()), 127u);
    out += '\0';
    out.append(1, static_cast<char>(name.size())).append(name);
    out.append(1, static_cast<char>(value.size())).append(value);
}

// The same response for two versions: the second needs nothing that the first one wrote.
TEST(FieldList, IsWrittenByAnotherVersionToo) {
    Response response;
    response.set_status(Status::not_found);
    response.add_field("Content-Type", "application/json");
    response.add_field("Set-Cookie", "a=1");
    std::string http1;
    append_response(http1, response, {});
    EXPECT_EQ(http1,
              "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nSet-Cookie: a=1\r\n"
              "Content-Length: 0\r\n\r\n");
    std::string http2;
    append_hpack(http2, ":status", std::to_string(code(response.status())));
    for (const auto& [name, value] : response.fields()) append_hpack(http2, to_lower(name), value);
    using namespace std::string_literals;
    EXPECT_EQ(http2,
              "\0\7:status\003404"s
              "\0\14content-type\20application/json"s
              "\0\12set-cookie\3a=1"s);
}

}  // namespace
}  // namespace sluice::http
