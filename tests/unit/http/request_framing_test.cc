// Request framing: where two servers could disagree about the end of a request, Sluice refuses it.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/http/parse_support.h"

namespace sluice::http {
namespace {

// A POST with these framing fields (each with its CRLF) and this body.
std::string post(std::string_view fields, std::string_view body = {}) {
    return fmt::format("POST /a HTTP/1.1\r\nHost: x\r\n{}\r\n{}", fields, body);
}

constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";

TEST(RequestFraming, TakesALengthAndChunks) {
    EXPECT_EQ(outcome_of(post("Content-Length: 3\r\n", "abc")),
              "POST /a ?  @ x [Host: x] [Content-Length: 3] <abc>\n");
    EXPECT_EQ(outcome_of(post(chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
              "POST /a ?  @ x [Host: x] [Transfer-Encoding: chunked] <abcde>\n");
    EXPECT_EQ(refusal(post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n")), 0);
    EXPECT_EQ(served(post("", "")), 1u);
}

TEST(RequestFraming, RefusesBothLengthsInEitherOrder) {
    EXPECT_EQ(refusal(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
              400);
    EXPECT_EQ(refusal(post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n")),
              400);
}

TEST(RequestFraming, RefusesTransferEncodingInHttp10) {
    EXPECT_EQ(refusal("POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              400);
    EXPECT_EQ(refusal("POST / HTTP/1.0\r\nHost: x\r\nContent-Length: 1\r\n\r\na"), 0);
}

TEST(RequestFraming, RefusesEveryCodingButChunkedAlone) {
    for (const std::string_view value :
         {"xchunked", "\"chunked\"", "gzip, chunked", "chunked, chunked", "chunked, identity",
          "chunked,", ",chunked", "identity", "", "chunked;q=1",
          "\x0b"
          "chunked",
          "\xa0"
          "chunked",
          "chunked\x0c", "chunke", "chunked chunked"}) {
        EXPECT_EQ(refusal(post(fmt::format("Transfer-Encoding: {}\r\n", value), "0\r\n\r\n")), 400)
            << value;
    }
}

TEST(RequestFraming, RefusesTransferEncodingTwice) {
    EXPECT_EQ(refusal(post(std::string(chunked) + std::string(chunked), "0\r\n\r\n")), 400);
}

TEST(RequestFraming, RefusesBlanksAroundTheName) {
    EXPECT_EQ(refusal(post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(post(" Transfer-Encoding: chunked\r\n", "0\r\n\r\n")), 400);
}

TEST(RequestFraming, RefusesAHiddenTransferEncoding) {
    EXPECT_EQ(refusal(post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(post("X: X\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n")), 400);
    EXPECT_EQ(refusal(post("X: X\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")), 400);
}

TEST(RequestFraming, TakesBlanksAroundALength) {
    EXPECT_EQ(served(post("Content-Length: \t 3 \t\r\n", "abc")), 1u);
    EXPECT_EQ(served(post("Content-Length:3\r\n", "abc")), 1u);
}

TEST(RequestFraming, RefusesALengthThatIsNotDigitsAlone) {
    for (const std::string_view value :
         {"3, 4", "3, 3", "+3", "-0", "-3", "0x3", "0_3", "", "3,", "3 3", "3.0", "3e0",
          "\xc2\xa0"
          "3"}) {
        EXPECT_EQ(refusal(post(fmt::format("Content-Length: {}\r\n", value), "abc")), 400) << value;
    }
}

TEST(RequestFraming, RefusesALengthTwiceEvenWhenEqual) {
    EXPECT_EQ(refusal(post("Content-Length: 3\r\nContent-Length: 0\r\n", "abc")), 400);
    EXPECT_EQ(refusal(post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")), 400);
    EXPECT_EQ(refusal(post("Content-Length: 3\r\ncontent-length: 3\r\n", "abc")), 400);
}

TEST(RequestFraming, RefusesALengthThatNoNumberHolds) {
    for (const std::string& value :
         {std::string("9223372036854775808"), std::string("18446744073709551615"),
          std::string("18446744073709551619"), std::string(400, '9'), std::string("4194305")}) {
        const int status = refusal(post("Content-Length: " + value + "\r\n", "abc"));
        EXPECT_TRUE(status == 413 || status == 400) << value << " gave " << status;
    }
    EXPECT_EQ(refusal(post("Content-Length: 4194305\r\n")), 413);
    EXPECT_EQ(refusal(post("Content-Length: 4194304\r\n")), 0);
}

TEST(RequestFraming, ReadsTheBodyOfMethodsThatNeedNone) {
    const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "DELETE"}) {
        const std::string input =
            fmt::format("{} /seen HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", method,
                        hidden.size(), hidden);
        EXPECT_EQ(outcome_of(input),
                  fmt::format("{} /seen ?  @ x [Host: x] [Content-Length: {}] <{}>\n", method,
                              hidden.size(), hidden));
    }
}

TEST(RequestFraming, ReadsWhatFollowsExpectAsTheBody) {
    const std::string input = post("Expect: 100-continue\r\nContent-Length: 4\r\n", "GET ");
    EXPECT_NE(outcome_of(input).find("<GET >"), std::string::npos);
    EXPECT_EQ(refusal(post("Expect: 200-ok\r\n")), 417);
}

TEST(RequestFraming, WaitsForContinueOnlyWhileNoBodyCame) {
    RequestParser parser;
    parser.append(post("Expect: 100-Continue\r\nContent-Length: 3\r\n"));
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::need_more);
    EXPECT_TRUE(parser.awaits_continue());
    parser.append("a");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::need_more);
    EXPECT_FALSE(parser.awaits_continue());
}

TEST(RequestFraming, LearnsFromConnectionWhetherToGoOn) {
    const auto ends = [](std::string_view version, std::string_view value) {
        RequestParser parser;
        parser.append(
            fmt::format("GET / HTTP/{}\r\nHost: x\r\nConnection: {}\r\n\r\n", version, value));
        EXPECT_EQ(parser.advance().value(), RequestParser::Progress::complete);
        return !parser.keep_alive();
    };
    EXPECT_TRUE(ends("1.1", "close"));
    EXPECT_TRUE(ends("1.1", "Upgrade ,\tCLOSE"));
    EXPECT_FALSE(ends("1.1", "keep-alive"));
    EXPECT_FALSE(ends("1.1", "closed"));
    EXPECT_TRUE(ends("1.0", "keep-alive"));
}

}  // namespace
}  // namespace sluice::http
