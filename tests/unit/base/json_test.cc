// Reading JSON: strict, bounded, and each value by its kind.
#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <thread>
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

TEST(Json, RefusesAnEmptyTextAlsoAsTheFirstOfAThread) {
    // Each thread keeps the documents it has read, and has none at first.
    std::thread([] { EXPECT_FALSE(JsonDocument::parse("")); }).join();
    std::thread([] { EXPECT_FALSE(JsonDocument::parse_carried({})); }).join();
}

TEST(Json, KeepsNumbersAsTheyWereWritten) {
    for (const std::string_view number :
         {"1e300", "1e999999", "-1e999999", "1.0", "0.10", "-0", "1E+2", "12345678901234567890123",
          "-99999999999999999999.5e-7"}) {
        EXPECT_EQ(read(number), number);
        EXPECT_EQ(read(R"({"exp":)" + std::string(number) + "}"),
                  R"({"exp":)" + std::string(number) + "}");
    }
    EXPECT_EQ(JsonDocument::parse("1e400").value().root().number(), std::nullopt);
    EXPECT_EQ(JsonDocument::parse("1e400").value().root().integer(), std::nullopt);
    EXPECT_EQ(JsonDocument::parse("1e-400").value().root().number(), 0);
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

TEST(Json, ReadsPairsOfSurrogatesAndKeepsHalves) {
    const auto string = [](std::string_view text) {
        const auto document = JsonDocument::parse(text).value();
        return document.root().string().transform([](auto view) { return std::string(view); });
    };
    EXPECT_EQ(string(R"("\ud83d\ude00")"), "\xf0\x9f\x98\x80");
    EXPECT_EQ(string(R"("\u00e9\u20ac\"\\\/\b\f\n\r\tx")"), "\xc3\xa9\xe2\x82\xac\"\\/\b\f\n\r\tx");
    for (const std::string_view half :
         {R"("cut \ud83d")", R"("\ude00")", R"("\ud83d\ud83d")", R"("\ud83dx")", R"("\ud83d\n")"}) {
        EXPECT_EQ(read(half), half);
        EXPECT_EQ(string(half), std::nullopt) << half;
    }
    const auto document = JsonDocument::parse(R"(["cut \ud83d","\ude00\ud83d\ude00"])").value();
    EXPECT_EQ(document.root().elements()[0].readable_string(), "cut \xef\xbf\xbd");
    EXPECT_EQ(document.root().elements()[1].readable_string(), "\xef\xbf\xbd\xf0\x9f\x98\x80");
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
    constexpr std::size_t deepest = JsonDocument::depth_max;
    for (std::size_t before = 0; before < 70; ++before) {  // wherever it falls among the blocks
        const std::string blanks(before, ' ');
        EXPECT_EQ(read(blanks + nested("[", "1", "]", deepest)), nested("[", "1", "]", deepest));
        EXPECT_EQ(read(blanks + nested("[", "1", "]", deepest + 1)), too_deep);
        EXPECT_EQ(read(blanks + nested("[", "", "]", deepest + 1)), too_deep);
        EXPECT_EQ(read(blanks + nested("{\"a\":", "1", "}", deepest + 1)), too_deep);
    }
    EXPECT_EQ(read(nested("{\"a\":", "1", "}", deepest)), nested("{\"a\":", "1", "}", deepest));
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
        ASSERT_EQ(read(text), text);
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

TEST(JsonValue, IsThePartOfTheTextThatItWasReadFrom) {
    const std::string_view text =
        "\xef\xbb\xbf { \"a\\u0062\" : [ 1.0 , \"x]\\\",\" ,{\"y\":[1,\"}\"]}, null] , \"c\" "
        ":\ttrue }";
    const auto document = JsonDocument::parse_carried(text).value();
    const JsonValue root = document.root();
    EXPECT_EQ(root.raw(), text.substr(4));
    EXPECT_EQ(root.raw().data(), text.data() + 4);
    std::vector<std::string_view> texts;
    for (const JsonValue& value : root.find("ab").value().elements()) texts.push_back(value.raw());
    EXPECT_EQ(texts,
              (std::vector<std::string_view>{"1.0", R"("x]\",")", R"({"y":[1,"}"]})", "null"}));
    EXPECT_EQ(root.find("c").value().raw(), "true");
}

TEST(JsonDocument, CarriesKeysThatStandTwice) {
    const auto document = JsonDocument::parse_carried(R"({"a":1,"b":{"c":2,"c":3},"a":4})").value();
    EXPECT_EQ(document.root().find("a").value().raw(), "1") << "the first";
    std::string seen;
    document.root().for_each_member([&](std::string_view key, const JsonValue& value) {
        seen += key;
        seen += value.raw();
    });
    EXPECT_EQ(seen, R"(a1b{"c":2,"c":3}a4)");
}

TEST(JsonDocument, FindsAKeyTwiceAmongMany) {
    for (const std::size_t count : {2, 16, 17, 5000}) {
        std::string text = "{";
        for (std::size_t i = 0; i < count; ++i) text += "\"" + std::to_string(i) + "\":1,";
        EXPECT_TRUE(JsonDocument::parse(text + "\"x\":1}")) << count;
        EXPECT_FALSE(JsonDocument::parse(text + "\"\\u0030\":1}")) << count;
    }
}

TEST(JsonValue, VisitsOnlyTheMembersThatMayConcern) {
    const auto document =
        JsonDocument::parse_carried(R"({"":1,"\u0061bc":2,"abc" :3,"ab":4,"xbc":5})").value();
    std::string seen;
    document.root().for_some_members(
        [](char first, std::size_t size_max) {
            return (first == 'a' || first == '\\') && size_max >= 3;
        },
        [&](std::string_view key, const JsonValue& value) {
            EXPECT_EQ(key, "abc");
            seen += value.raw();
        });
    EXPECT_EQ(seen, "23");
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
