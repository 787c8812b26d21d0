// The response parser: the same outcome for every split, and a body of the length its framing says.
#include <string>
#include <vector>

#include "base/check.h"
#include "http/response_parser.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

std::string outcome(const std::vector<std::string_view>& pieces, bool to_head) {
    ResponseParser parser;
    parser.start(to_head);
    std::string body;
    bool head = false;
    std::size_t next = 0;
    bool ended = false;
    for (;;) {
        if (!head) {
            const auto read = parser.read_head();
            if (!read) return "broken head";
            head = *read;
        }
        if (head) {
            const auto chunk = parser.next_body_chunk();
            if (!chunk) return "broken body";
            CHECK((chunk->kind == ResponseParser::BodyChunk::Kind::data) == !chunk->data.empty());
            body += chunk->data;
            if (chunk->kind == ResponseParser::BodyChunk::Kind::data) continue;
            if (chunk->kind == ResponseParser::BodyChunk::Kind::complete) break;
        }
        CHECK(!ended, "waits for more behind the end");
        if (next < pieces.size()) {
            parser.append(pieces[next++]);
        } else {
            parser.append_end();
            ended = true;
        }
    }
    const std::string_view length = parser.head().field("content-length").value_or("");
    if (to_head || forbids_body(parser.head().status())) {
        CHECK(body.empty());
    } else if (!length.empty()) {
        CHECK(std::to_string(body.size()) ==
              length.substr(std::min(length.find_first_not_of('0'), length.size() - 1)));
    }
    return std::to_string(code(parser.head().status())) + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    for (const bool to_head : {false, true}) {
        const std::string whole = outcome({input}, to_head);
        for (std::uint64_t salt = 0; salt < 4; ++salt) {
            CHECK(outcome(fuzz::cut(input, salt), to_head) == whole, input);
        }
    }
    return 0;
}
