// Event streams: the same events whatever the split.
#include "http/sse.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace sluice::http {
namespace {

std::string describe(const SseEvent& event) {
    std::string text;
    if (event.has_comment) text += fmt::format("comment({})", event.comment);
    if (event.has_id) text += fmt::format("id({})", event.id);
    if (!event.event.empty()) text += fmt::format("event({})", event.event);
    if (!event.retry.empty()) text += fmt::format("retry({})", event.retry);
    if (event.has_data) text += fmt::format("data({})", event.data);
    return text + ";";
}

std::string events(const std::vector<std::string_view>& pieces, std::size_t bytes_max = 1000) {
    SseReader reader(bytes_max);
    std::string text;
    for (const std::string_view piece : pieces) {
        reader.append(piece);
        for (;;) {
            const auto event = reader.next();
            if (!event) return text + "too large";
            if (!*event) break;
            text += describe(**event);
        }
    }
    return text;
}

std::string events_of(std::string_view input) {
    const std::string whole = events({input});
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        EXPECT_EQ(events({input.substr(0, cut), input.substr(cut)}), whole) << "cut at " << cut;
    }
    return whole;
}

TEST(SseReader, ReadsEvents) {
    EXPECT_EQ(events_of("event: message\nid: 7\ndata: {\"a\":1}\n\ndata:x\ndata: y\ndata\n\n"),
              "id(7)event(message)data({\"a\":1});data(x\ny\n);");
    EXPECT_EQ(events_of("retry: 3000\n\nretry: soon\ndata:  two blanks\n\n"),
              "retry(3000);data( two blanks);");
}

TEST(SseReader, KnowsEveryLineEnd) {
    EXPECT_EQ(events_of("data: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n"),
              "data(a\nb);data(c);data(d);");
}

TEST(SseReader, TakesACarriageReturnForALineEndAtOnce) {
    EXPECT_EQ(events_of("data: a\rdata: b\r\rid: 7\rdata: c\r\r"), "data(a\nb);id(7)data(c);");
    EXPECT_EQ(events({"data: a\r", "\r"}), "data(a);") << "though an LF may follow";
    EXPECT_EQ(events({"data: a\r", "\n\r", "\ndata: b\r\n\r\n"}), "data(a);data(b);");
    EXPECT_EQ(events({"data: a\r\n\r", "\n\n\r", "data: b\n\r"}), "data(a);data(b);");
}

TEST(SseReader, ShowsCommentsAndSkipsEmptyLines) {
    EXPECT_EQ(events_of("\n\n: heartbeat\n\n:\n\ndata: a\n\n\n\n"),
              "comment(heartbeat);comment();data(a);");
}

TEST(SseReader, SkipsAByteOrderMarkAndUnknownFields) {
    EXPECT_EQ(events_of("unknown: a\n\nevent:\n\ndata: b\n\n"), "data(b);");
    EXPECT_EQ(events_of("\xef\xbb\xbf"
                        "data: a\nunknown: b\nid: \n\n"),
              "id()data(a);");
}

TEST(SseReader, GivesNoUnfinishedEvent) {
    EXPECT_EQ(events_of("data: a\n\ndata: b\n"), "data(a);");
}

TEST(SseReader, IsBounded) {
    EXPECT_EQ(events({"data: 0123456789\n\n"}, 20), "data(0123456789);");
    EXPECT_EQ(events({"data: 0123456789012345\n\n"}, 20), "too large");
    EXPECT_EQ(events({"data: 0123", "456789", "0123456789"}, 20), "too large");
    EXPECT_EQ(events({"data: 1\ndata: 2\ndata: 3\n"}, 20), "too large");
}

TEST(SseWriter, WritesWhatTheReaderReads) {
    SseEvent event{};
    event.event = "message";
    event.id = "9";
    event.has_id = true;
    event.data = "a\nb\n";
    event.has_data = true;
    std::string out;
    append_sse(out, event);
    EXPECT_EQ(out, "id: 9\nevent: message\ndata: a\ndata: b\ndata: \n\n");
    EXPECT_EQ(events_of(out), "id(9)event(message)data(a\nb\n);");
    EXPECT_EQ(events_of(sse_heartbeat), "comment(heartbeat);");
}

}  // namespace
}  // namespace sluice::http
