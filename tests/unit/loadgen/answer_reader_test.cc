// Answers in every split, alike and different, pipelined and ended by the connection.
#include "loadgen/answer_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::loadgen {
namespace {

struct Read {
    int status;
    std::string body;
    bool operator==(const Read&) const = default;
};

std::string with_length(std::string_view body, std::string_view more = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

constexpr std::string_view chunked =
    "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n";

/// All answers of `text`, given in pieces of `size`; a problem is an answer of status -1.
std::vector<Read> read_all(AnswerReader& reader, std::string_view text, std::size_t size) {
    std::vector<Read> answers;
    while (!text.empty()) {
        std::string piece(text.substr(0, size));  // memory of its own, that ends
        text.remove_prefix(piece.size());
        std::string_view bytes = piece;
        while (!bytes.empty()) {
            const auto whole = reader.next(bytes);
            if (!whole) {
                answers.push_back({-1, std::string(whole.error().description)});
                return answers;
            }
            if (*whole)
                answers.push_back({reader.answer().status, std::string(reader.answer().body)});
        }
    }
    return answers;
}

TEST(AnswerReader, ReadsPipelinedAnswersInEverySplit) {
    const std::string text = with_length("one") + with_length("two") + with_length("") +
                             std::string(chunked) + with_length("three") +
                             "HTTP/1.1 204 No Content\r\n\r\n" + with_length("last");
    const std::vector<Read> wanted = {{200, "one"},         {200, "two"},   {200, ""},
                                      {201, "hello world"}, {200, "three"}, {204, ""},
                                      {200, "last"}};
    for (std::size_t size = 1; size <= text.size(); ++size) {
        AnswerReader reader;
        EXPECT_EQ(read_all(reader, text, size), wanted) << size;
        EXPECT_FALSE(reader.midway());
    }
}

TEST(AnswerReader, AHeadThatOnlyBeginsAlikeIsReadAnew) {
    AnswerReader reader;
    const std::string text = with_length("one") + with_length("two", "X: y\r\n") +
                             "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
    const std::vector<Read> wanted = {{200, "one"}, {200, "two"}, {401, "no"}};
    EXPECT_EQ(read_all(reader, text, text.size()), wanted);
    EXPECT_EQ(reader.answer().fields.size(), 1U);
}

TEST(AnswerReader, FieldsOfAKnownHeadAreThere) {
    AnswerReader reader;
    EXPECT_EQ(
        read_all(reader, with_length("a", "X-A: b\r\n") + with_length("c", "X-A: b\r\n"), 4096)
            .size(),
        2U);
    ASSERT_EQ(reader.answer().fields.size(), 3U);
    EXPECT_EQ(reader.answer().fields[2].name, "X-A");
    EXPECT_EQ(reader.answer().bytes, with_length("c", "X-A: b\r\n").size());
}

TEST(AnswerReader, InterimAnswersAreSkipped) {
    const std::string text =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" +
        with_length("body") + with_length("next");
    const std::vector<Read> wanted = {{200, "body"}, {200, "next"}};
    for (std::size_t size = 1; size <= text.size(); ++size) {
        AnswerReader reader;
        EXPECT_EQ(read_all(reader, text, size), wanted) << size;
    }
}

TEST(AnswerReader, TheEndOfTheConnectionEndsABodyWithoutLength) {
    AnswerReader reader;
    EXPECT_TRUE(read_all(reader, "HTTP/1.1 200 OK\r\n\r\nabc", 7).empty());
    EXPECT_TRUE(reader.midway());
    ASSERT_TRUE(reader.finish());
    EXPECT_EQ(reader.answer().body, "abc");
    EXPECT_FALSE(reader.keeps_alive());
}

TEST(AnswerReader, TheEndOfTheConnectionCutsABodyWithLength) {
    AnswerReader reader;
    EXPECT_TRUE(read_all(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 99).empty());
    EXPECT_FALSE(reader.finish());
}

TEST(AnswerReader, KnowsWhoClosesBehindAnAnswer) {
    AnswerReader reader;
    EXPECT_EQ(read_all(reader, with_length("a"), 99).size(), 1U);
    EXPECT_TRUE(reader.keeps_alive());
    EXPECT_EQ(read_all(reader, with_length("a", "Connection: close\r\n"), 99).size(), 1U);
    EXPECT_FALSE(reader.keeps_alive());
}

TEST(AnswerReader, RefusesWhatIsNoAnswer) {
    for (const std::string_view text :
         {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
        AnswerReader reader;
        const std::vector<Read> answers = read_all(reader, text, 4096);
        ASSERT_EQ(answers.size(), 1U) << text;
        EXPECT_EQ(answers[0].status, -1) << text;
        reader.reset();
        EXPECT_EQ(read_all(reader, with_length("fine"), 4096), (std::vector<Read>{{200, "fine"}}));
    }
}

TEST(AnswerReader, AnEventStreamIsReadBeforeItsEnd) {
    AnswerReader reader;
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string_view bytes = head;
    ASSERT_EQ(reader.next(bytes), false);
    ASSERT_TRUE(reader.in_body());
    EXPECT_EQ(reader.head().status, 200);
    bytes = "8\r\ndata: 1\n\r\n";
    ASSERT_EQ(reader.next(bytes), false);
    EXPECT_EQ(reader.body_so_far(), "data: 1\n");
    reader.drop_body();
    bytes = "1\r\n\n\r\n";
    ASSERT_EQ(reader.next(bytes), false);
    EXPECT_EQ(reader.body_so_far(), "\n");
}

}  // namespace
}  // namespace sluice::loadgen
