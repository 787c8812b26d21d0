// Forms and queries.
#include "http/form.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

TEST(Form, GivesItsParameters) {
    Form form;
    ASSERT_TRUE(form.parse("grant_type=authorization_code&code=a%2Bb+c&empty=&bare"));
    EXPECT_EQ(form.get("grant_type"), "authorization_code");
    EXPECT_EQ(form.get("code"), "a+b c");
    EXPECT_EQ(form.get("empty"), "");
    EXPECT_EQ(form.get("bare"), "");
    EXPECT_EQ(form.get("absent"), std::nullopt);
    EXPECT_EQ(form.repeated(), std::nullopt);
}

TEST(Form, PointsIntoTheTextWhereNothingIsEscaped) {
    const std::string text = "a=b";
    Form form;
    ASSERT_TRUE(form.parse(text));
    EXPECT_EQ(form.get("a")->data(), text.data() + 2);
}

TEST(Form, DecodesNamesToo) {
    Form form;
    ASSERT_TRUE(form.parse("%61%20b=c%3Dd=e"));
    EXPECT_EQ(form.get("a b"), "c=d=e");
}

TEST(Form, TellsWhatStandsTwice) {
    Form form;
    ASSERT_TRUE(form.parse("a=1&b=2&%61=3"));
    EXPECT_EQ(form.repeated(), "a");
    EXPECT_EQ(form.count("a"), 2u);
    EXPECT_EQ(form.get("a"), "1");
}

TEST(Form, SkipsEmptyPairs) {
    Form form;
    ASSERT_TRUE(form.parse("&a=1&&b=2&"));
    EXPECT_EQ(form.parameters().size(), 2u);
    ASSERT_TRUE(form.parse(""));
    EXPECT_TRUE(form.parameters().empty());
}

TEST(Form, RefusesBrokenEscapesAndControlCharacters) {
    Form form;
    for (const std::string_view text : {"a=%", "a=%4", "a=%zz", "a=b%", "%=a", "a=b\n", "a=\x01",
                                        "a=\x7f", "a=%00", "=b", "=", "a=1&=2"}) {
        EXPECT_FALSE(form.parse(text)) << text;
    }
    EXPECT_TRUE(form.parse("a=%0A"));
}

TEST(Form, IsBounded) {
    Form form;
    std::string text;
    for (std::size_t i = 0; i < Form::parameters_max; ++i) text += "a=1&";
    EXPECT_TRUE(form.parse(text));
    EXPECT_FALSE(form.parse(text + "b=2"));
    EXPECT_FALSE(form.parse(std::string(100'000, '&')));
}

TEST(Form, DecodesWhatWasEncoded) {
    std::string every;
    for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
    std::string text;
    append_form_parameter(text, every, every);
    append_form_parameter(text, "b", "");
    Form form;
    ASSERT_TRUE(form.parse(text));
    EXPECT_EQ(form.get(every), every);
    EXPECT_EQ(form.get("b"), "");
}

TEST(FormEncoding, JoinsParameters) {
    std::string url = "https://app.example/cb?";
    append_form_parameter(url, "code", "a b");
    append_form_parameter(url, "state", "x&y");
    EXPECT_EQ(url, "https://app.example/cb?code=a+b&state=x%26y");
}

}  // namespace
}  // namespace sluice::http
