// RFC 9112, HTTP/1.1: the requirements on a recipient, section by section.
#include <gtest/gtest.h>

#include <string>

#include "http/request_parser.h"
#include "http/response_parser.h"

namespace sluice::http {
namespace {

// 200 where a request is complete, 0 where more is awaited, otherwise the refusal.
int verdict(std::string_view input) {
    RequestParser parser;
    parser.append(input);
    const auto progress = parser.advance();
    if (!progress) return code(progress.error().status);
    return *progress == RequestParser::Progress::complete ? 200 : 0;
}

TEST(Rfc9112, Section2_2IgnoresAnEmptyLineAheadOfTheRequestLine) {
    EXPECT_EQ(verdict("\r\nGET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), 200);
}

TEST(Rfc9112, Section2_2TakesNoBareCr) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\rHost: example.com\r\n\r\n"), 400);
}

TEST(Rfc9112, Section2_2TakesNoWhitespaceBetweenStartLineAndFirstField) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\n Host: example.com\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), 200);
}

TEST(Rfc9112, Section3TakesNoWhitespaceInTheTarget) {
    EXPECT_EQ(verdict("GET /a b HTTP/1.1\r\nHost: example.com\r\n\r\n"), 400);
}

TEST(Rfc9112, Section3AnswersAnUnknownMethodAndALongTarget) {
    EXPECT_EQ(verdict("BREW / HTTP/1.1\r\nHost: example.com\r\n\r\n"), 501);
    EXPECT_EQ(verdict("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
}

TEST(Rfc9112, Section3_2WantsExactlyOneValidHost) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
}

TEST(Rfc9112, Section3_2_1TakesTheOriginForm) {
    RequestParser parser;
    parser.append("GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().path(), "/where");
    EXPECT_EQ(parser.request().query(), "q=now");
    EXPECT_EQ(parser.request().host(), "www.example.org");
}

TEST(Rfc9112, Section3_2_2TakesTheAbsoluteForm) {
    RequestParser parser;
    parser.append(
        "GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\n"
        "Host: www.example.org\r\n\r\n");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().path(), "/pub/WWW/TheProject.html");
}

TEST(Rfc9112, Section3_2_4TakesTheAsteriskFormOfOptions) {
    EXPECT_EQ(verdict("OPTIONS * HTTP/1.1\r\nHost: www.example.org:8001\r\n\r\n"), 200);
    EXPECT_EQ(verdict("GET * HTTP/1.1\r\nHost: www.example.org\r\n\r\n"), 400);
}

TEST(Rfc9112, Section5_1TakesNoWhitespaceAheadOfTheColon) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost : example.com\r\n\r\n"), 400);
}

TEST(Rfc9112, Section5_2TakesNoObsoleteLineFolding) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"), 400);
}

TEST(Rfc9112, Section6_1TakesNoTransferEncodingOfHttp10) {
    EXPECT_EQ(verdict("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              400);
}

TEST(Rfc9112, Section6_3TakesNoTwoLengths) {
    EXPECT_EQ(verdict("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              400);
    EXPECT_EQ(
        verdict("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        400);
}

TEST(Rfc9112, Section6_3FindsNoBodyBehindRequestsWithoutLength) {
    RequestParser parser;
    parser.append("POST / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().body(), "");
    parser.next_request();
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().method(), Method::get);
}

TEST(Rfc9112, Section6_3FindsNoBodyBehindAnswersToHead) {
    ResponseParser parser;
    parser.start(true);
    parser.append("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
    ASSERT_TRUE(parser.read_head().value());
    EXPECT_EQ(parser.next_body_chunk().value().kind, ResponseParser::BodyChunk::Kind::complete);
    EXPECT_TRUE(parser.reusable());
}

TEST(Rfc9112, Section7_1JoinsChunksAndIgnoresTheirExtensions) {
    RequestParser parser;
    parser.append(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "4;ieof\r\nWiki\r\n6;a=\"b\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().body(), "Wikipedia in \r\n\r\nchunks.");
}

TEST(Rfc9112, Section8TellsAnIncompleteAnswer) {
    ResponseParser parser;
    parser.start(false);
    parser.append("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n");
    parser.append_end();
    ASSERT_TRUE(parser.read_head().value());
    EXPECT_EQ(parser.next_body_chunk().value().data, "Wiki");
    EXPECT_FALSE(parser.next_body_chunk());
}

TEST(Rfc9112, Section9_3GoesOnUnlessTold) {
    RequestParser parser;
    parser.append("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(parser.advance());
    EXPECT_TRUE(parser.keep_alive());
    parser.next_request();
    parser.append("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, close\r\n\r\n");
    ASSERT_TRUE(parser.advance());
    EXPECT_FALSE(parser.keep_alive());
}

}  // namespace
}  // namespace sluice::http
