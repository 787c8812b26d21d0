// The request parser: the same outcome for every split; what is accepted survives being written
// anew; and llhttp alone, on the raw bytes, sees the same message.
#include <llhttp.h>

#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/check.h"
#include "http/outgoing_request.h"
#include "http/request_parser.h"
#include "http/writer.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

bool is_framing(std::string_view name) {
    for (const std::string_view own :
         {"host", "content-length", "transfer-encoding", "expect", "connection"}) {
        if (equal_ignoring_case(name, own)) return true;
    }
    return false;
}

// What a handler sees, without the fields that decide framing.
std::string meaning(const Request& request) {
    std::string text(request.method_text());
    text.append(" ").append(request.path()).append("?").append(request.query()).append("\n");
    for (const Field& field : request.fields()) {
        if (!is_framing(field.name))
            text.append(field.name).append(":").append(field.value) += '\n';
    }
    return text.append("\n").append(request.body());
}

// The message as llhttp reads it from the wire, if it takes it at all.
struct WireView {
    bool complete = false;
    std::string body;
};

WireView read_by_llhttp(std::string_view message) {
    WireView view;
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
        static_cast<WireView*>(parser->data)->body.append(at, size);
        return 0;
    };
    settings.on_message_complete = [](llhttp_t* parser) {
        static_cast<WireView*>(parser->data)->complete = true;
        return static_cast<int>(HPE_PAUSED);
    };
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &view;
    llhttp_execute(&parser, message.data(), message.size());
    return view;
}

void check_wire(const Request& request, std::string_view message) {
    if (request.field("upgrade")) return;  // llhttp would hand the connection over
    const WireView view = read_by_llhttp(message);
    CHECK(view.complete);
    CHECK(view.body == request.body());
}

void check_rewritten(const Request& request) {
    if (request.path() == "*") return;
    OutgoingRequest outgoing;
    std::string target(request.path());
    if (!request.query().empty()) target.append("?").append(request.query());
    outgoing.set(request.method(), target);
    for (const Field& field : request.fields()) {
        if (!is_framing(field.name)) outgoing.add_field(field.name, field.value);
    }
    outgoing.body() = request.body();
    std::string wire;
    append_request(wire, outgoing, "h");
    MessageLimits limits;
    limits.fields_max += 3;
    limits.fields_bytes_max += 100;
    RequestParser parser(limits);
    parser.append(wire);
    const auto progress = parser.advance();
    CHECK(progress && *progress == RequestParser::Progress::complete, wire);
    CHECK(meaning(parser.request()) == meaning(request), wire);
    parser.next_request();
    CHECK(!parser.holds_input(), wire);
}

std::string outcome(const std::vector<std::string_view>& pieces, std::string_view whole) {
    RequestParser parser;
    std::string text;
    std::size_t given = 0;
    std::size_t begin = 0;
    for (const std::string_view piece : pieces) {
        parser.append(piece);
        given += piece.size();
        for (;;) {
            const auto progress = parser.advance();
            if (!progress) return text + "error: " + std::string(progress.error().description);
            if (*progress == RequestParser::Progress::need_more) break;
            const Request& request = parser.request();
            text += meaning(request);
            check_rewritten(request);
            const bool goes_on = parser.keep_alive();
            const bool single = pieces.size() == 1;
            if (!goes_on && !single) return text;
            parser.next_request();
            const std::size_t end = given - parser.input_bytes();
            if (single) {
                RequestParser again;
                again.append(whole.substr(begin, end - begin));
                CHECK(again.advance().value() == RequestParser::Progress::complete);
                check_wire(again.request(), whole.substr(begin, end - begin));
            }
            if (!goes_on) return text;
            begin = end;
        }
    }
    return text + (parser.holds_input() ? "more" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const std::string whole = outcome({input}, input);
    for (std::uint64_t salt = 0; salt < 4; ++salt) {
        CHECK(outcome(fuzz::cut(input, salt), input) == whole, input);
    }
    return 0;
}
