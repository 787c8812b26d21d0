// Writing JSON: commas, escapes, and never a byte that a strict reader refuses.
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "base/json.h"
#include "base/random.h"

namespace sluice {
namespace {

std::string written(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

TEST(JsonWriter, PutsCommasBetweenMembersAndElements) {
    std::string out = ">";
    JsonWriter json(out);
    json.begin_object().member("a", 1).key("b").begin_array().end_array();
    json.key("c").begin_array().value("x").begin_object().end_object().begin_array().value(true);
    json.end_array().value(2).end_array().key("d").begin_object().member("e", "f").end_object();
    json.member("g", false).key("h").null().key("i").raw(R"({"j":1})").member("k", 0).end_object();
    EXPECT_EQ(out, R"(>{"a":1,"b":[],"c":["x",{},[true],2],"d":{"e":"f"},"g":false,"h":null,)"
                   R"("i":{"j":1},"k":0})");
}

TEST(JsonWriter, WritesNumbersInFull) {
    std::string out;
    JsonWriter json(out);
    json.begin_array().value(std::numeric_limits<std::int64_t>::min());
    json.value(std::numeric_limits<std::uint64_t>::max()).value(0.1).value(1e300).value(-0.5);
    json.value(std::numeric_limits<double>::quiet_NaN());
    json.value(std::numeric_limits<double>::infinity()).end_array();
    EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,0.1,1e+300,-0.5,null,null]");
    EXPECT_TRUE(JsonDocument::parse(out));
}

TEST(JsonWriter, TellsATextFromATruth) {
    std::string out;
    const char* text = "x";
    JsonWriter(out).begin_array().value(text).value(true).value(std::string("y")).end_array();
    EXPECT_EQ(out, R"(["x",true,"y"])");
}

TEST(JsonString, EscapesWhatRfc8259Demands) {
    EXPECT_EQ(written(""), R"("")");
    EXPECT_EQ(written("plain / text"), R"("plain / text")");
    EXPECT_EQ(written("\"\\\n\r\t"), R"("\"\\\n\r\t")");
    EXPECT_EQ(written(std::string_view("\0\x01\x1f\x7f", 4)), R"("\u0000\u0001\u001f\u007f")");
}

TEST(JsonString, KeepsWellFormedUtf8) {
    for (const std::string_view text :
         {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
          "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(written(text), "\"" + std::string(text) + "\"");
    }
}

TEST(JsonString, ReplacesMalformedUtf8) {
    EXPECT_EQ(written("a\xff"
                      "b"),
              "\"a\xef\xbf\xbd"
              "b\"");
    for (const std::string_view bytes :
         {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xe2\x82", "\xed\xa0\x80",
          "\xf0\x80\x80\xaf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
        EXPECT_NE(written(bytes).find("\xef\xbf\xbd"), std::string::npos);
        EXPECT_TRUE(JsonDocument::parse(written(bytes)));
        EXPECT_TRUE(written(std::string(bytes) + "z").ends_with("z\"")) << "no byte behind is lost";
    }
}

TEST(JsonWriter, WantsAValueBehindEachKey) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("a");
    EXPECT_DEATH(json.key("b"), "a member has a value");
    EXPECT_DEATH(json.end_object(), "a member has a value");
    EXPECT_DEATH(json.raw(""), "no value");
}

TEST(JsonString, IsReadBackWhateverTheBytes) {
    SeededRandom random(8259);
    for (int i = 0; i < 5'000; ++i) {
        std::string bytes(random.next_u64() % 24, '\0');
        random.fill(std::as_writable_bytes(std::span(bytes)));
        const std::string json = written(bytes);
        const auto document = JsonDocument::parse(json);
        ASSERT_TRUE(document) << json;
        EXPECT_EQ(written(document->root().string().value()), json);
    }
}

TEST(JsonString, OfAsciiIsReadBackUnchanged) {
    std::string ascii;
    for (int c = 0; c < 128; ++c) ascii += static_cast<char>(c);
    const auto document = JsonDocument::parse(written(ascii)).value();
    EXPECT_EQ(document.root().string(), ascii);
}

}  // namespace
}  // namespace sluice
