// Reading JSON: strict, bounded, and each value by its kind.
#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/random.h"

namespace sluice {
namespace {

/// The compact form of what was read, or "refused: " and the reason.
std::string read(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return "refused: " + std::string(document.error().reason);
    std::string json;
    document->root().append_to(json);
    return json;
}

constexpr std::string_view invalid = "refused: the text is not valid JSON";

std::string nested(std::string_view open, std::string_view middle, std::string_view close,
                   std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += middle;
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
}

TEST(Json, ReadsEveryKindOfValue) {
    EXPECT_EQ(read(R"( { "a" : [ 1 , -2.5 , "x" , true , false , null , { } , [ ] ] } )"),
              R"({"a":[1,-2.5,"x",true,false,null,{},[]]})");
    EXPECT_EQ(read("5"), "5");
    EXPECT_EQ(read(R"("text")"), R"("text")");
    EXPECT_EQ(read("null"), "null");
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const std::string_view text : {"",         " ",
                                        "{",        "}",
                                        "[1,]",     R"({"a":1,})",
                                        R"({"a"})", R"({a:1})",
                                        "{'a':1}",  R"({"a":1} x)",
                                        "{}{}",     "01",
                                        "+1",       ".5",
                                        "1.",       "0x10",
                                        "NaN",      "Infinity",
                                        "-",        "True",
                                        "nul",      R"("a)",
                                        R"("\x")",  R"("\u12")",
                                        "[1 2]",    "/**/1",
                                        "// x\n1",  "\"a\nb\"",
                                        "\"a\tb\""}) {
        EXPECT_EQ(read(text), invalid) << text;
    }
}

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
    EXPECT_EQ(read("1e300"), "1e+300");
    EXPECT_EQ(read("1e999999"), invalid);
    EXPECT_EQ(read("-1e999999"), invalid);
    EXPECT_EQ(read(R"({"exp":1e400})"), invalid);
}

TEST(Json, RefusesMalformedUtf8) {
    EXPECT_EQ(read("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""),
              "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    for (const std::string_view bytes : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80", "\xff", "\xf8\x88\x80\x80\x80"}) {
        EXPECT_EQ(read("\"" + std::string(bytes) + "\""), invalid);
        EXPECT_EQ(read("{\"" + std::string(bytes) + "\":1}"), invalid);
    }
}

TEST(Json, RefusesLoneSurrogatesAndReadsPairs) {
    EXPECT_EQ(read(R"("\ud83d\ude00")"), "\"\xf0\x9f\x98\x80\"");
    EXPECT_EQ(read(R"("\ud83d")"), invalid);
    EXPECT_EQ(read(R"("\ude00")"), invalid);
}

TEST(Json, RefusesARawNulAndReadsAnEscapedOne) {
    EXPECT_EQ(read(std::string_view("\"a\0b\"", 5)), invalid);
    EXPECT_EQ(read(std::string_view("{}\0", 3)), invalid);
    EXPECT_EQ(read(std::string_view("\0{}", 3)), invalid);
    const auto document = JsonDocument::parse(R"("a\u0000b")").value();
    EXPECT_EQ(document.root().string(), std::string_view("a\0b", 3));
}

TEST(Json, RefusesAKeyTwiceAtWhateverPlace) {
    constexpr std::string_view twice = "refused: a JSON object has a duplicate key";
    EXPECT_EQ(read(R"({"a":{"b":1},"b":{"a":1}})"), R"({"a":{"b":1},"b":{"a":1}})");
    EXPECT_EQ(read(R"({"a":1,"a":1})"), twice);
    EXPECT_EQ(read(R"({"a":1,"b":2,"a":3})"), twice);
    EXPECT_EQ(read(R"([{"x":[{"a":1,"a":2}]}])"), twice);
    EXPECT_EQ(read(R"({"active":false,"\u0061ctive":true})"), twice) << "the same key, escaped";
}

TEST(Json, RefusesWhatIsNestedTooDeeply) {
    constexpr std::string_view too_deep = "refused: the JSON text is nested too deeply";
    const std::size_t deepest =
        JsonDocument::depth_max - 1;  // the value in the middle is one level
    EXPECT_EQ(read(nested("[", "1", "]", deepest)), nested("[", "1", "]", deepest));
    EXPECT_EQ(read(nested("[", "1", "]", deepest + 2)), too_deep);
    EXPECT_EQ(read(nested("{\"a\":", "1", "}", deepest + 2)), too_deep);
    EXPECT_EQ(read(nested("[", "1", "]", 100'000)), too_deep);
    EXPECT_FALSE(JsonDocument::parse(std::string(100'000, '[')));
    EXPECT_EQ(read(nested("{\"a\":", "1", "}", 100'000)), too_deep);
}

TEST(Json, ReadsALargeText) {
    std::string text = "[";
    for (int i = 0; i < 200'000; ++i) text += "\"0123456789\",";
    text += "0]";
    EXPECT_EQ(JsonDocument::parse(text).value().root().elements().size(), 200'001U);
}

TEST(JsonValue, GivesNothingWhereItIsOfAnotherKind) {
    const auto document = JsonDocument::parse(R"([null,true,5,2.5,"x",[1],{"a":1}])").value();
    const std::vector<JsonValue> values = document.root().elements();
    ASSERT_EQ(values.size(), 7U);
    using Kind = JsonValue::Kind;
    const Kind kinds[] = {Kind::null,   Kind::boolean, Kind::number, Kind::number,
                          Kind::string, Kind::array,   Kind::object};
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(values[i].kind(), kinds[i]) << i;
        EXPECT_EQ(values[i].boolean().has_value(), i == 1) << i;
        EXPECT_EQ(values[i].number().has_value(), i == 2 || i == 3) << i;
        EXPECT_EQ(values[i].integer().has_value(), i == 2) << i;
        EXPECT_EQ(values[i].string().has_value(), i == 4) << i;
        EXPECT_EQ(values[i].elements().size(), i == 5 ? 1U : 0U) << i;
        EXPECT_EQ(values[i].members().size(), i == 6 ? 1U : 0U) << i;
        EXPECT_EQ(values[i].find("a").has_value(), i == 6) << i;
    }
}

TEST(JsonValue, IsAnIntegerWhereItIsWrittenAsOneAndFits) {
    const auto integer = [](std::string_view text) {
        return JsonDocument::parse(text).value().root().integer();
    };
    EXPECT_EQ(integer("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(integer("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
    EXPECT_EQ(integer("18446744073709551615"), std::nullopt);
    EXPECT_EQ(integer("1.0"), std::nullopt);
    EXPECT_EQ(integer("1e2"), std::nullopt);
    EXPECT_EQ(integer("-0"), 0);
}

TEST(JsonValue, FindsMembersByTheirUnescapedNames) {
    const auto document =
        JsonDocument::parse(R"({"client\u005fid":"a\"b","b":5,"":"empty","c":null})").value();
    const JsonValue root = document.root();
    EXPECT_EQ(root.find_string("client_id"), "a\"b");
    EXPECT_EQ(root.find_string("b"), std::nullopt);
    EXPECT_EQ(root.find_string(""), "empty");
    EXPECT_TRUE(root.find("c").value().is_null());
    EXPECT_EQ(root.find("d").has_value(), false);
    std::vector<std::string> keys;
    for (const JsonMember& member : root.members()) keys.emplace_back(member.key);
    EXPECT_EQ(keys, (std::vector<std::string>{"client_id", "b", "", "c"}));
}

TEST(JsonValue, WritesEveryNumberSoThatItIsReadBackEqual) {
    SeededRandom random(754);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t bits = random.next_u64();
        const double number = i % 2 == 0 ? std::bit_cast<double>(bits)
                                         : static_cast<double>(bits % 1'000'000) / 1'000;
        if (!std::isfinite(number)) continue;
        std::string text;
        JsonWriter(text).value(number);
        const auto document = JsonDocument::parse(text);
        ASSERT_TRUE(document) << text;
        ASSERT_EQ(document->root().number(), number) << text;
        const auto again = JsonDocument::parse(read(text));
        ASSERT_TRUE(again) << text << " became " << read(text);
        ASSERT_EQ(again->root().number(), number) << text << " became " << read(text);
    }
    for (const double number : {1e17, 1e18, 1e19, 123456789012345680000.0, -1e20, 1e21, 1e22}) {
        std::string text;
        JsonWriter(text).value(number);
        const auto document = JsonDocument::parse(text);
        ASSERT_TRUE(document) << text;
        EXPECT_EQ(document->root().number(), number) << text;
        EXPECT_EQ(read(read(text)), read(text));
    }
    EXPECT_EQ(read("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(read("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(read("1.0"), "1.0");
    EXPECT_EQ(read("0.1"), "0.1");
}

TEST(JsonDocument, KeepsItsValuesWhereItIsMoved) {
    auto first =
        JsonDocument::parse(R"({"a":"a text longer than any small string holds"})").value();
    const JsonValue root = first.root();
    const JsonDocument second = std::move(first);
    EXPECT_EQ(root.find_string("a"), "a text longer than any small string holds");
    EXPECT_EQ(second.root().find_string("a"), "a text longer than any small string holds");
}

}  // namespace
}  // namespace sluice
