// Reading upstream answers: as strict as for requests, whatever the split.
#include "http/response_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::http {
namespace {

// Status, body and what comes of the connection, as one text.
std::string outcome(const std::vector<std::string_view>& pieces, bool ends, bool to_head) {
    ResponseParser parser;
    parser.start(to_head);
    std::string body;
    bool head = false;
    std::size_t next = 0;
    for (;;) {
        if (!head) {
            const auto read = parser.read_head();
            if (!read) return "error";
            head = *read;
        }
        if (head) {
            const auto chunk = parser.next_body_chunk();
            if (!chunk) return "error";
            body += chunk->data;
            if (chunk->kind == ResponseParser::BodyChunk::Kind::data) continue;
            if (chunk->kind == ResponseParser::BodyChunk::Kind::complete) break;
        }
        if (next < pieces.size()) {
            parser.append(pieces[next++]);
        } else if (ends) {
            ends = false;
            parser.append_end();
        } else {
            return head ? fmt::format("{} <{}... more", code(parser.head().status()), body)
                        : "more";
        }
    }
    while (next < pieces.size()) parser.append(pieces[next++]);
    return fmt::format("{} <{}>{}", code(parser.head().status()), body,
                       parser.reusable() ? " reusable" : "");
}

std::string outcome_of(std::string_view input, bool ends = false, bool to_head = false) {
    const std::string whole = outcome({input}, ends, to_head);
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        const std::string split = outcome({input.substr(0, cut), input.substr(cut)}, ends, to_head);
        EXPECT_EQ(split, whole) << "cut at " << cut << " of: " << input;
    }
    return whole;
}

TEST(ResponseParser, ReadsABodyOfKnownLength) {
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), "200 <abc> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"), "404 <> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 299\r\nContent-Length: 1\r\n\r\na"), "299 <a> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), "200 <ab... more");
}

TEST(ResponseParser, ReadsChunks) {
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"),
              "200 <abcde> reusable");
}

// RFC 9110 §8.6: a proxy's repetition is one length.
TEST(ResponseParser, TakesTheSameLengthSeveralTimes) {
    for (const std::string_view lengths :
         {"Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 3, 3\r\n",
          "content-length: 3,3\r\nContent-Length: 03\r\n"}) {
        EXPECT_EQ(outcome_of(fmt::format("HTTP/1.1 200 OK\r\n{}\r\nabc", lengths)),
                  "200 <abc> reusable")
            << lengths;
    }
}

// RFC 9112 §7.1.1: bad whitespace, which some servers pad their sizes with.
TEST(ResponseParser, SkipsBlanksAroundAChunksSizeAndExtensions) {
    for (const std::string_view size :
         {"3 ", "3\t", "3    \t ", "3 ;x=y", "3 ; x = y ", "3; x", "3;x ;y=\"z\" ; w=v\t"}) {
        EXPECT_EQ(outcome_of(fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                         "{}\r\nabc\r\n0 \r\n\r\n",
                                         size)),
                  "200 <abc> reusable")
            << size;
    }
    const std::string endless(2000, ' ');
    for (const std::string_view size :
         {std::string_view(" 3"), std::string_view("3 3"), std::string_view("3 x"),
          std::string_view("3;x y"), std::string_view("3;x=y z"), std::string_view(endless)}) {
        EXPECT_EQ(outcome({fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "3{}\r\nabc\r\n0\r\n\r\n",
                                       size)},
                          false, false),
                  "error")
            << size;
    }
}

TEST(ResponseParser, ReadsUntilTheEnd) {
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\n\r\nabc", true), "200 <abc>");
    EXPECT_EQ(outcome_of("HTTP/1.0 200 OK\r\n\r\nabc", true), "200 <abc>");
}

TEST(ResponseParser, KnowsWhatHasNoBody) {
    EXPECT_EQ(outcome_of("HTTP/1.1 204 No Content\r\n\r\n"), "204 <> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
              "304 <> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, true),
              "200 <> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, true),
              "200 <> reusable");
}

TEST(ResponseParser, SkipsInterimAnswers) {
    EXPECT_EQ(outcome_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
              "200 <a> reusable");
}

TEST(ResponseParser, RefusesAFloodOfInterimAnswersAndATunnel) {
    std::string flood;
    for (int i = 0; i <= ResponseParser::interim_max; ++i) flood += "HTTP/1.1 102 Wait\r\n\r\n";
    EXPECT_EQ(outcome({flood}, false, false), "error");
    EXPECT_EQ(outcome_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), "error");
}

TEST(ResponseParser, DoesNotReuseAConnectionThatEndsOrSaysMore) {
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na"),
              "200 <a>");
    EXPECT_EQ(outcome_of("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), "200 <a>");
    EXPECT_EQ(outcome_of("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na"),
              "200 <a> reusable");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"), "200 <a>");
    EXPECT_EQ(outcome_of("HTTP/1.1 204 No Content\r\n\r\nbody"), "204 <>");
}

TEST(ResponseParser, TellsATruncatedBodyFromACompleteOne) {
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true), "error");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true),
              "error");
    EXPECT_EQ(outcome_of("HTTP/1.1 200 OK\r\nContent-Le", true), "error");
    EXPECT_EQ(outcome_of("", true), "error");
}

TEST(ResponseParser, RefusesGarbage) {
    for (const std::string_view input :
         {"garbage\r\n\r\n",
          "HTTP/2 200 OK\r\n\r\n",
          "HTTP/1.1 2000 OK\r\n\r\n",
          "HTTP/1.1 20 OK\r\n\r\n",
          "HTTP/1.1 099 X\r\n\r\n",
          "HTTP/1.1 600 X\r\n\r\n",
          "HTTP/1.1  200 OK\r\n\r\n",
          "HTTP/1.1 +20 OK\r\n\r\n",
          "ICY 200 OK\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: x\r\n\r\na",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n"
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\nX : y\r\n\r\n"}) {
        EXPECT_EQ(outcome_of(input), "error") << input;
    }
    const std::string huge = "HTTP/1.1 200 OK\r\nX: " + std::string(40000, 'a') + "\r\n\r\n";
    EXPECT_EQ(outcome({huge}, false, false), "error");
}

TEST(ResponseParser, GivesHeadsFields) {
    ResponseParser parser;
    parser.start(false);
    parser.append(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n");
    ASSERT_TRUE(parser.read_head().value());
    EXPECT_EQ(parser.head().status(), Status::unauthorized);
    EXPECT_EQ(parser.head().field("www-authenticate"), "Bearer");
}

TEST(ResponseParser, ServesOneAnswerAfterTheOther) {
    ResponseParser parser;
    for (int i = 0; i < 3; ++i) {
        parser.start(false);
        EXPECT_FALSE(parser.received_anything());
        parser.append(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}", i));
        ASSERT_TRUE(parser.read_head().value());
        EXPECT_EQ(parser.next_body_chunk().value().data, std::to_string(i));
        EXPECT_EQ(parser.next_body_chunk().value().kind, ResponseParser::BodyChunk::Kind::complete);
        EXPECT_TRUE(parser.reusable());
    }
}

}  // namespace
}  // namespace sluice::http
