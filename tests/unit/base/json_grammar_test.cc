// The grammar of RFC 8259: what is JSON and what is not, wherever it stands in a text.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "tests/support/json_reference.h"

namespace sluice {
namespace {

void collect(const JsonValue& value, std::vector<std::string_view>& values) {
    values.push_back(value.raw());
    value.for_each_element([&](const JsonValue& element) {
        collect(element, values);
        return true;
    });
    value.for_each_member(
        [&](std::string_view, const JsonValue& member) { collect(member, values); });
}

/// Whether the reader takes `text`, and sees the values that the reference sees.
bool is_read(std::string_view text) {
    const test::JsonReference reference(text, JsonDocument::depth_max);
    const auto document = JsonDocument::parse_carried(text);
    EXPECT_EQ(document.has_value(), reference.valid()) << text;
    EXPECT_EQ(is_json_shaped(text), reference.valid()) << text;
    if (!document || !reference.valid()) return false;
    std::vector<std::string_view> values;
    collect(document->root(), values);
    EXPECT_EQ(values, reference.values()) << text;
    return true;
}

/// The value alone, and within arrays and objects, with and without white space about it.
std::vector<std::string> places_of(std::string_view value) {
    std::vector<std::string> texts;
    for (const auto& [before, behind] :
         std::array<std::array<std::string_view, 2>, 8>{{{"", ""},
                                                         {" \t", "\r\n"},
                                                         {"[", "]"},
                                                         {"[ ", " ]"},
                                                         {"[1,", ",2]"},
                                                         {R"({"a":)", "}"},
                                                         {R"({"a" : )", R"( , "b":2})"},
                                                         {R"([[{"":)", "}]]"}}}) {
        texts.push_back(std::string(before).append(value).append(behind));
    }
    // Far enough in that it is read in another block, and across the border of two.
    for (std::size_t ahead = 20; ahead < 40; ++ahead) {
        texts.push_back("[\"" + std::string(ahead, 'x') + "\"," + std::string(value) + "]");
    }
    return texts;
}

TEST(JsonGrammar, TakesEveryValueOfIt) {
    for (const std::string_view value : {"0",
                                         "-0",
                                         "0.0",
                                         "-0.0e-0",
                                         "1",
                                         "10",
                                         "123456789",
                                         "1.5",
                                         "1.05",
                                         "1e1",
                                         "1E1",
                                         "1e+1",
                                         "1E-10",
                                         "1.7976931348623157081e308",
                                         "1e400",
                                         "-1e-400",
                                         "123456789012345678901234567890",
                                         "0.1e99999999999",
                                         "true",
                                         "false",
                                         "null",
                                         R"("")",
                                         R"("a")",
                                         R"("\"\\\/\b\f\n\r\t")",
                                         R"("\u0000\uFFFF\uabCD")",
                                         R"("cut \ud83d")",
                                         R"("\udead\ud83d")",
                                         "\"\x7f\"",
                                         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
                                         "\"\xef\xbb\xbf\"",
                                         "[]",
                                         "{}",
                                         "[[]]",
                                         R"([1,[2,{"a":[]}],"",{}])",
                                         R"({"":{},"a":[],"":0})",
                                         R"({"a":1,"a":2})",
                                         "[\n1\t,\r2 ]",
                                         R"({ "a" : 1 , "b" : 2 })"}) {
        for (const std::string& text : places_of(value)) EXPECT_TRUE(is_read(text)) << text;
    }
}

TEST(JsonGrammar, RefusesEverythingElse) {
    for (const std::string_view value : {"-",
                                         "+1",
                                         "01",
                                         "-01",
                                         "00",
                                         ".5",
                                         "-.5",
                                         "1.",
                                         "1.e1",
                                         "1e",
                                         "1e+",
                                         "1e1.5",
                                         "1e1e1",
                                         "1.5.5",
                                         "0x10",
                                         "1_000",
                                         "1a",
                                         "--1",
                                         "1-",
                                         "1+1",
                                         "Infinity",
                                         "-Infinity",
                                         "NaN",
                                         "nan",
                                         "tru",
                                         "truee",
                                         "True",
                                         "TRUE",
                                         "fals",
                                         "nul",
                                         "nulll",
                                         "undefined",
                                         "a",
                                         "'a'",
                                         "\"",
                                         "\"a",
                                         R"("\")",
                                         R"("\x41")",
                                         R"("\a")",
                                         R"("\u")",
                                         R"("\u12")",
                                         R"("\u12G4")",
                                         R"("\U0041")",
                                         R"("\u 041")",
                                         R"("\
")",
                                         "\"\n\"",
                                         "\"\t\"",
                                         "\"\x1f\"",
                                         "[",
                                         "]",
                                         "[1",
                                         "[1,",
                                         "[1,]",
                                         "[,1]",
                                         "[,]",
                                         "[1 2]",
                                         "[1,,2]",
                                         "[1;2]",
                                         "[1:2]",
                                         "{",
                                         "}",
                                         "{1:2}",
                                         "{a:1}",
                                         R"({"a"})",
                                         R"({"a",1})",
                                         R"({"a":})",
                                         R"({"a":1,})",
                                         R"({,"a":1})",
                                         R"({"a":1 "b":2})",
                                         R"({"a"::1})",
                                         R"({"a":1:2})",
                                         R"({:1})",
                                         R"({"a":1,,"b":2})",
                                         R"([1})",
                                         R"({"a":1])",
                                         R"([{"a":1]})",
                                         "/**/1",
                                         "// x\n1",
                                         "1#",
                                         "\xc2\xa0",
                                         "\xef\xbb\xbf",
                                         "\v1",
                                         "\f1",
                                         "1\b",
                                         "[1]]",
                                         "[[1]",
                                         "{}}",
                                         "{{}}",
                                         "[]{}"}) {
        for (const std::string& text : places_of(value)) EXPECT_FALSE(is_read(text)) << text;
    }
    for (const std::string_view text : {"", " ", "1 2", "[] []", "{}{}", "null null", R"("a" "b")",
                                        "[1],[2]", "1,", "true,false"}) {
        EXPECT_FALSE(is_read(text)) << text;
    }
    EXPECT_FALSE(is_read(std::string_view("1\0", 2)));
    EXPECT_FALSE(is_read(std::string_view("[\0]", 3)));
}

TEST(JsonGrammar, LooksAtBytesBeyondAsciiWhereTextsAreCarried) {
    for (const std::string_view bytes : {"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xff"}) {
        const std::string text = "\"" + std::string(bytes) + "\"";
        EXPECT_FALSE(JsonDocument::parse_carried(text)) << text;
        EXPECT_TRUE(is_json_shaped(text)) << text;
    }
}

/// A text of random parts, most of them in order.
std::string grown(SeededRandom& random, int depth) {
    constexpr std::array<std::string_view, 16> leaves = {
        "1",           "-0.5e+7",
        "true",        "false",
        "null",        R"("")",
        R"("text")",   R"("\\\"")",
        "1e99",        "12",
        "[]",          "{}",
        R"("\u00e9")", R"("a longer text, with blanks")",
        "0",           "1e1"};
    const auto pick = [&](std::size_t count) { return random.next_u64() % count; };
    const auto blank = [&] { return std::string(pick(4) == 0 ? " " : ""); };
    if (depth == 0 || pick(4) == 0) return std::string(leaves[pick(leaves.size())]);
    const bool is_object = pick(2) == 0;
    std::string text = is_object ? "{" : "[";
    const std::size_t count = pick(5);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += blank() + ",";
        if (is_object) text += blank() + R"("k\n)" + std::to_string(pick(3)) + "\"" + blank() + ":";
        text += blank() + grown(random, depth - 1);
    }
    return text + blank() + (is_object ? "}" : "]");
}

TEST(JsonGrammar, IsReadAsTheReferenceReadsIt) {
    SeededRandom random(8259);
    constexpr std::string_view bytes = "{}[]:,\"\\/0123456789+-.eEtrufalsn \n\x01x";
    std::size_t read = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = grown(random, 5);
        read += is_read(text) ? 1U : 0U;
        for (std::size_t change = 0; change < 4 && !text.empty(); ++change) {
            const std::size_t at = random.next_u64() % text.size();
            const char byte = bytes[random.next_u64() % bytes.size()];
            switch (random.next_u64() % 3) {
                case 0:
                    text[at] = byte;
                    break;
                case 1:
                    text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), byte);
                    break;
                default:
                    text.erase(at, 1);
            }
            is_read(text);
        }
        if (HasFailure()) FAIL() << "round " << round;
    }
    EXPECT_EQ(read, 20'000U);
}

}  // namespace
}  // namespace sluice
