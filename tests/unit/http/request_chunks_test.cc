// The chunked coding of requests: strict in every byte of its framing.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/http/parse_support.h"

namespace sluice::http {
namespace {

using std::string_literals::operator""s;

std::string chunked(std::string_view body) {
    return fmt::format("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{}", body);
}

std::string body_of(std::string_view coded) {
    const std::string text = outcome_of(chunked(coded));
    const std::size_t at = text.find('<');
    return at == std::string::npos ? text : text.substr(at);
}

TEST(RequestChunks, AreJoined) {
    EXPECT_EQ(body_of("0\r\n\r\n"), "<>\n");
    EXPECT_EQ(body_of("3\r\nabc\r\n0\r\n\r\n"), "<abc>\n");
    EXPECT_EQ(body_of("03\r\nabc\r\nA\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n"),
              "<abc01234567890123456789>\n");
}

TEST(RequestChunks, RefuseABareLf) {
    for (const std::string_view coded : {"3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
                                         "3\r\nabc\r\n0\n\r\n", "3\r\nabc\r\n0\r\n\n"}) {
        EXPECT_EQ(refusal(chunked(coded)), 400) << coded;
    }
}

TEST(RequestChunks, RefuseASizeThatIsNotDigitsAlone) {
    for (const std::string_view size :
         {"0x3", "+3", "-3", "0_3", "", " 3", "3 ", "3\t", "g", "\xef\xbc\x93"}) {
        EXPECT_EQ(refusal(chunked(fmt::format("{}\r\nabc\r\n0\r\n\r\n", size))), 400) << size;
    }
}

TEST(RequestChunks, RefuseASizeThatOverflows) {
    EXPECT_EQ(refusal(chunked("8000000000000000\r\nabc\r\n0\r\n\r\n")), 413);
    EXPECT_EQ(refusal(chunked("FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n")), 413);
    EXPECT_EQ(refusal(chunked("10000000000000003\r\nabc\r\n0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(chunked("00000000000000003\r\nabc\r\n0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(chunked("3\r\nabc\r\nFFFFFFFFFFFFFFFF\r\n")), 413);
}

TEST(RequestChunks, RefuseDataThatDoesNotFitTheSize) {
    EXPECT_EQ(refusal(chunked("3\r\nabcd\r\n0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(chunked("3\r\nabc0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(chunked("3\r\nab\r\n0\r\n\r\n")), 400);
}

TEST(RequestChunks, IgnoreWellFormedExtensions) {
    EXPECT_EQ(body_of("3;a\r\nabc\r\n0;last=yes;x=\"q \\\" ;\"\r\n\r\n"), "<abc>\n");
}

TEST(RequestChunks, RefuseMalformedExtensions) {
    for (const std::string_view extension :
         {";", ";;a", "; a", ";a=", ";a=\"", ";a=\"x\"y", ";a=b c", ";a\rb", ";a\nb", ";a=\"\r\"",
          ";a=\"\n\"", " ;a", ";a ;b", ";\xef"}) {
        EXPECT_EQ(refusal(chunked(fmt::format("3{}\r\nabc\r\n0\r\n\r\n", extension))), 400)
            << extension;
    }
    EXPECT_EQ(refusal(chunked("3;a=\"\0\"\r\nabc\r\n0\r\n\r\n"s)), 400);
    EXPECT_EQ(refusal(chunked("3;a\0b\r\nabc\r\n0\r\n\r\n"s)), 400);
}

TEST(RequestChunks, RefuseExtensionsWithoutEnd) {
    EXPECT_EQ(refusal(chunked("3;" + std::string(64 * 1024, 'a') + "\r\nabc\r\n0\r\n\r\n")), 400);
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "1;" + std::string(200, 'a') + "\r\nx\r\n";
    EXPECT_EQ(outcome({chunked(many + "0\r\n\r\n")}), "error 400");
}

TEST(RequestChunks, DropTrailers) {
    const std::string input = chunked(
        "3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\nHost: evil\r\nTransfer-Encoding: "
        "chunked\r\n\r\n");
    EXPECT_EQ(outcome_of(input), "POST / ?  @ x [Host: x] [Transfer-Encoding: chunked] <abc>\n");
}

TEST(RequestChunks, RefuseMalformedTrailers) {
    for (const std::string_view trailer :
         {"garbage\r\n", " a: b\r\n", "a : b\r\n", "a: b\n", ": b\r\n", "a: b\rc\r\n",
          "a: \x01\r\n", "a: b\r\n c\r\n"}) {
        EXPECT_EQ(refusal(chunked(fmt::format("0\r\n{}\r\n", trailer))), 400) << trailer;
    }
    EXPECT_EQ(refusal(chunked("0\r\na: " + std::string(9000, 'b') + "\r\n\r\n")), 431);
}

TEST(RequestChunks, RefuseMoreThanTheLimitTogether) {
    MessageLimits limits;
    limits.body_bytes_max = 5;
    EXPECT_EQ(refusal(chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), limits), 0);
    EXPECT_EQ(refusal(chunked("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"), limits), 413);
    EXPECT_EQ(refusal(chunked("6\r\n"), limits), 413);
}

TEST(RequestChunks, LeaveTheNextRequestAlone) {
    const std::string next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_EQ(outcome_of(chunked("3\r\nabc\r\n0\r\n\r\n") + next),
              "POST / ?  @ x [Host: x] [Transfer-Encoding: chunked] <abc>\n"
              "GET /next ?  @ x [Host: x] <>\n");
}

TEST(RequestChunks, KeepOnlyWhatWasDecoded) {
    RequestParser parser;
    parser.append(chunked(""));
    ASSERT_TRUE(parser.advance());
    const std::size_t head = parser.input_bytes();
    for (int i = 0; i < 1000; ++i) {
        parser.append("1\r\nx\r\n");
        ASSERT_EQ(parser.advance().value(), RequestParser::Progress::need_more);
    }
    EXPECT_EQ(parser.input_bytes(), head + 1000);
    EXPECT_EQ(parser.body_bytes_received(), 6000u);
}

}  // namespace
}  // namespace sluice::http
