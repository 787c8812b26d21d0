// The only place that calls llhttp.
#include "http/head_fields.h"

#include <llhttp.h>

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {
namespace {

struct Split {
    const char* begin;
    std::vector<FieldSpan>* fields;
    bool complete = false;
};

Split& split_of(llhttp_t* parser) {
    return *static_cast<Split*>(parser->data);
}

Span span_of(const Split& split, const char* at, std::size_t size) {
    CHECK(at >= split.begin && at - split.begin <= UINT32_MAX);
    return {static_cast<std::uint32_t>(at - split.begin), static_cast<std::uint32_t>(size)};
}

int on_name(llhttp_t* parser, const char* at, std::size_t size) {
    Split& split = split_of(parser);
    split.fields->push_back({span_of(split, at, size), {}});
    // A server's Content-Length may stand twice, which framing judges: here it is a field like any.
    if (parser->type == HTTP_RESPONSE && name_is({at, size}, "content-length")) {
        constexpr std::uint8_t field_like_any = 0;
        parser->header_state = field_like_any;
    }
    return 0;
}

int on_value(llhttp_t* parser, const char* at, std::size_t size) {
    Split& split = split_of(parser);
    // llhttp leaves trailing blanks in; a value comes in one piece since the whole head is there.
    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t')) --size;
    CHECK(!split.fields->empty(), "a value follows a name");
    split.fields->back().value = span_of(split, at, size);
    return 0;
}

// 1: whatever the fields say of a body, llhttp is not the one to read it.
int on_complete(llhttp_t* parser) {
    split_of(parser).complete = true;
    return 1;
}

const llhttp_settings_t& settings() {
    static const llhttp_settings_t made = [] {
        llhttp_settings_t s;
        llhttp_settings_init(&s);
        s.on_header_field = on_name;
        s.on_header_value = on_value;
        s.on_headers_complete = on_complete;
        return s;
    }();
    return made;
}

}  // namespace

ParseResult<> split_head(HeadKind kind, std::string_view head, std::vector<FieldSpan>& fields) {
    fields.clear();
    Split split{head.data(), &fields};
    llhttp_t parser;
    llhttp_init(&parser, kind == HeadKind::request ? HTTP_REQUEST : HTTP_RESPONSE, &settings());
    parser.data = &split;
    const llhttp_errno_t error = llhttp_execute(&parser, head.data(), head.size());
    // An Upgrade is reported as a pause behind the head; it is never followed.
    if ((error != HPE_OK && error != HPE_PAUSED_UPGRADE) || !split.complete) {
        return bad_request("The header is malformed.");
    }
    return {};
}

}  // namespace sluice::http
