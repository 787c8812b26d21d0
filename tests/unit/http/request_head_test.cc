// Request heads: lines, fields, Host, versions, methods and limits.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/http/parse_support.h"

namespace sluice::http {
namespace {

using std::string_literals::operator""s;

std::string with_fields(std::string_view fields) {
    return fmt::format("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", fields);
}
std::string with_line(std::string_view line) {
    return fmt::format("{}\r\nHost: x\r\n\r\n", line);
}
std::string with_host(std::string_view fields) {
    return fmt::format("GET / HTTP/1.1\r\n{}\r\n", fields);
}

TEST(RequestHead, IsTakenApart) {
    EXPECT_EQ(
        outcome_of(
            "GET /a/b?c=d HTTP/1.1\r\nHost: h:80\r\nEmpty:\r\nA:  b \t\r\nB: \xe9\tz\r\n\r\n"),
        "GET /a/b ? c=d @ h:80 [Host: h:80] [Empty: ] [A: b] [B: \xe9\tz] <>\n");
}

TEST(RequestHead, FindsFieldsIgnoringCase) {
    RequestParser parser;
    parser.append(with_fields("Cookie: a\r\ncOOKIE: b\r\n"));
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().field("COOKIE"), "a");
    EXPECT_EQ(parser.request().field_count("cookie"), 2u);
    EXPECT_EQ(parser.request().field("absent"), std::nullopt);
}

TEST(RequestHead, RefusesABareLfAsSoonAsItIsSeen) {
    EXPECT_EQ(refusal("GET / HTTP/1.1\nHost: x\n\n"), 400);
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: x\n\r\n"), 400);
    EXPECT_EQ(refusal("GET /\n"), 400);
    EXPECT_EQ(refusal("\n"), 400);
}

TEST(RequestHead, RefusesControlCharacters) {
    for (int c = 0; c < 0x20; ++c) {
        if (c == '\t') continue;
        std::string value = "X: a b\r\n";
        value[4] = static_cast<char>(c);
        EXPECT_EQ(refusal(with_fields(value)), 400) << c;
    }
    EXPECT_EQ(refusal(with_fields("X: a\x7f"
                                  "b\r\n")),
              400);
    EXPECT_EQ(refusal(with_line("GET /\0 HTTP/1.1"s)), 400);
    EXPECT_EQ(refusal(with_fields("X: a\tb\r\n")), 0);
}

TEST(RequestHead, RefusesFoldedLines) {
    EXPECT_EQ(refusal(with_fields("X: a\r\n b\r\n")), 400);
    EXPECT_EQ(refusal(with_fields("X: a\r\n\tb\r\n")), 400);
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\n Host: x\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesWhatIsNoField) {
    for (const std::string_view line : {"garbage\r\n", "X(a): b\r\n", "X\xef: b\r\n", ": b\r\n",
                                        "X : b\r\n", "X\t: b\r\n", "@: b\r\n", "X Y: b\r\n"}) {
        EXPECT_EQ(refusal(with_fields(line)), 400) << line;
    }
}

TEST(RequestHead, RefusesOtherBlanksInTheRequestLine) {
    for (const std::string_view line :
         {"GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET  /  HTTP/1.1", "GET\t/\tHTTP/1.1",
          "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /a b HTTP/1.1", "GET /", "GET", "",
          "GET / HTTP/1.1\t"}) {
        EXPECT_EQ(refusal(with_line(line)), 400) << line;
    }
}

TEST(RequestHead, KnowsTwoVersions) {
    EXPECT_EQ(refusal(with_line("GET / HTTP/1.1")), 0);
    EXPECT_EQ(refusal(with_line("GET / HTTP/1.0")), 0);
    EXPECT_EQ(refusal(with_line("GET / HTTP/2.0")), 505);
    EXPECT_EQ(refusal(with_line("GET / HTTP/1.2")), 505);
    EXPECT_EQ(refusal(with_line("GET / HTTP/0.9")), 505);
    EXPECT_EQ(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
    for (const std::string_view version : {"http/1.1", "HTTP/01.1", "HTTP/1.10", "HTTP/1",
                                           "HTTP/1,1", "HTTQ/1.1", "HTTP/1.1x", "HTTP/ 1.1"}) {
        EXPECT_EQ(refusal(with_line(fmt::format("GET / {}", version))), 400) << version;
    }
}

TEST(RequestHead, KnowsTheMethodsThatAreServed) {
    for (const std::string_view method :
         {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
        EXPECT_EQ(refusal(with_line(fmt::format("{} / HTTP/1.1", method))), 0) << method;
    }
    EXPECT_EQ(refusal("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"), 501);
    for (const std::string_view method : {"TRACE", "get", "PROPFIND", "QUERY", "X-METHOD"}) {
        EXPECT_EQ(refusal(with_line(fmt::format("{} / HTTP/1.1", method))), 501) << method;
    }
    EXPECT_EQ(refusal(with_line("G(T / HTTP/1.1")), 400);
}

TEST(RequestHead, WantsOneSaneHost) {
    for (const std::string_view host : {"Host: x", "Host: x.example:8080", "host:127.0.0.1",
                                        "Host: [::1]:8080", "Host: [2001:db8::1]", "Host: a_b-c"}) {
        EXPECT_EQ(refusal(with_host(fmt::format("{}\r\n", host))), 0) << host;
    }
    EXPECT_EQ(refusal(with_host("")), 400);
    EXPECT_EQ(refusal(with_host("Host: a\r\nHost: a\r\n")), 400);
    for (const std::string_view host :
         {"",         "a b", "u@h",      "h/path", "h:",   "h:x",    "h:65536",
          "h:123456", "a,b", "http://h", "[::1",   "::1",  "[::1]x", "[]",
          "h?x",      "h#x", "h\\x",     "\"h\"",  "h%41", "[g::1]", "a:1:2"}) {
        EXPECT_EQ(refusal(with_host(fmt::format("Host: {}\r\n", host))), 400) << host;
    }
}

TEST(RequestHead, LetsHttp10LeaveHostOut) {
    EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), 0);
    EXPECT_EQ(refusal("GET / HTTP/1.0\r\nHost: a b\r\n\r\n"), 400);
}

TEST(RequestHead, IsBounded) {
    const auto target = [](std::size_t size) {
        return with_line("GET /" + std::string(size - 1, 'a') + " HTTP/1.1");
    };
    EXPECT_EQ(refusal(target(8 * 1024)), 0);
    EXPECT_EQ(refusal(target(8 * 1024 + 1)), 414);
    EXPECT_EQ(refusal(target(64 * 1024)), 414);
    EXPECT_EQ(refusal("GET /" + std::string(10000, 'a')), 414);
    EXPECT_EQ(refusal(with_fields("X: " + std::string(30 * 1024, 'a') + "\r\n")), 0);
    EXPECT_EQ(refusal(with_fields("X: " + std::string(33 * 1024, 'a') + "\r\n")), 431);
    EXPECT_EQ(refusal(with_fields("X: " + std::string(100 * 1024, 'a'))), 431);
}

TEST(RequestHead, IsBoundedAlikeHoweverItIsSplit) {
    MessageLimits limits;
    limits.fields_bytes_max = 64;
    for (std::size_t size = 1; size < 80; ++size) {
        const std::string input = with_fields("X: " + std::string(size, 'a') + "\r\n");
        const std::string outcome = outcome_of(input, limits);
        const std::size_t fields = input.size() - input.find("\r\n") - 2;
        EXPECT_EQ(outcome == "error 431", fields > 64 + 1) << fields << ": " << outcome;
    }
}

TEST(RequestHead, HoldsAHundredFields) {
    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "a: b\r\n";
    EXPECT_EQ(refusal(with_fields(fields)), 0);
    EXPECT_EQ(refusal(with_fields(fields + "a: b\r\n")), 431);
    std::string tiny;
    for (int i = 0; i < 20000; ++i) tiny += "a:\r\n";
    EXPECT_EQ(refusal(with_fields(tiny)), 431);
}

TEST(RequestHead, MayFollowOneEmptyLine) {
    const std::string get = with_fields("");
    EXPECT_EQ(served("\r\n" + get), 1u);
    EXPECT_EQ(served(get + "\r\n" + get), 2u);
    EXPECT_EQ(refusal("\r\n\r\n" + get), 400);
}

TEST(RequestHead, NeverBecomesATunnel) {
    const std::string upgrade = with_fields(
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n");
    EXPECT_EQ(served(upgrade + upgrade), 2u);
    const std::string websocket =
        with_fields("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\n");
    EXPECT_EQ(served(websocket + with_fields("")), 2u);
}

TEST(RequestPipeline, IsServedInOrder) {
    std::string input;
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        input +=
            fmt::format("POST /{} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{}", i, i % 10);
        expected += fmt::format("POST /{} ?  @ x [Host: x] [Content-Length: 1] <{}>\n", i, i % 10);
    }
    EXPECT_EQ(outcome({input}), expected);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < input.size(); ++i) {
        bytes.push_back(std::string_view(input).substr(i, 1));
    }
    EXPECT_EQ(outcome(bytes), expected);
}

TEST(RequestPipeline, KeepsARequestWhileMoreArrives) {
    RequestParser parser;
    parser.append("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /sec");
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    parser.append("ond HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(100000, '\r'));
    EXPECT_EQ(parser.request().path(), "/first");
    parser.next_request();
    ASSERT_EQ(parser.advance().value(), RequestParser::Progress::complete);
    EXPECT_EQ(parser.request().path(), "/second");
    parser.next_request();
    EXPECT_FALSE(parser.advance());
}

TEST(RequestPipeline, StopsBehindClose) {
    EXPECT_EQ(served("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                     "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
              1u);
}

}  // namespace
}  // namespace sluice::http
