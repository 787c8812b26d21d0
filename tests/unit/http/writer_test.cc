// Serialising messages.
#include "http/writer.h"

#include <gtest/gtest.h>

#include "http/error_response.h"
#include "http/http_date.h"

namespace sluice::http {
namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(HttpDate, IsTheFormOfRfc9110) {
    HttpDate dates;
    EXPECT_EQ(dates.text(WallTime{std::chrono::seconds{784111777}}), date);
    EXPECT_EQ(dates.text(WallTime{std::chrono::milliseconds{784111777999}}), date);
    EXPECT_EQ(dates.text(WallTime{std::chrono::seconds{0}}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(ResponseWriter, WritesHeadAndBody) {
    Response response;
    response.set_status(Status::created);
    response.add_field("Content-Type", "text/plain");
    response.body() = "hello";
    std::string out = "before|";
    append_response(out, response, {.date = date});
    EXPECT_EQ(out,
              "before|HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\n"
              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(ResponseWriter, LeavesTheBodyOutForHead) {
    Response response;
    response.body() = "hello";
    std::string out;
    append_response(out, response, {.date = {}, .close = true, .to_head = true});
    EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseWriter, GivesNoLengthWhereNoBodyMayBe) {
    Response response;
    response.set_status(Status::no_content);
    response.body() = "never sent";
    std::string out;
    append_response(out, response, {.date = {}});
    EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(ResponseWriter, WritesAStatusWithoutName) {
    Response response;
    response.set_status(Status{299});
    std::string out;
    append_response(out, response, {.date = {}});
    EXPECT_EQ(out, "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseWriter, StreamsInChunks) {
    Response response;
    std::string out;
    append_stream_head(out, response, StreamCoding::chunked, {.date = {}});
    append_chunk(out, "0123456789abcdef");
    append_chunk(out, "");
    out += last_chunk;
    EXPECT_EQ(out,
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST(RequestWriter, NamesTheUpstreamsHost) {
    OutgoingRequest request;
    request.set(Method::get, "/mcp?a=b");
    request.add_field("Accept", "text/event-stream");
    std::string out;
    append_request(out, request, "up:9000");
    EXPECT_EQ(out, "GET /mcp?a=b HTTP/1.1\r\nHost: up:9000\r\nAccept: text/event-stream\r\n\r\n");
}

TEST(RequestWriter, GivesALengthToPostsEvenWhenEmpty) {
    OutgoingRequest request;
    request.set(Method::post, "/mcp");
    std::string out;
    append_request(out, request, "up");
    EXPECT_EQ(out, "POST /mcp HTTP/1.1\r\nHost: up\r\nContent-Length: 0\r\n\r\n");
    request.body() = "{}";
    out.clear();
    append_request(out, request, "up");
    EXPECT_TRUE(out.ends_with("Content-Length: 2\r\n\r\n{}"));
}

TEST(ErrorResponse, IsJsonThatIsNotStored) {
    Response response;
    write_error(response, ParseError{Status::uri_too_long, "The request target is too long."});
    EXPECT_EQ(response.status(), Status::uri_too_long);
    EXPECT_EQ(response.field("Content-Type"), "application/json");
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
    EXPECT_EQ(
        response.body(),
        R"({"error":"invalid_request","error_description":"The request target is too long."})");
}

}  // namespace
}  // namespace sluice::http
