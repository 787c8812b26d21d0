// Introspection responses (RFC 7662 §2.2): only `active` being true makes an active token, whatever
// else an answer says, and what is written reads the same.
#include "token/introspection.h"

#include <string>

#include "base/check.h"
#include "base/json.h"
#include "resource/tokens/introspection_response.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

bool says_active(std::string_view json) {
    const auto document = sluice::JsonDocument::parse(json);
    if (!document) return false;
    const auto active = document->root().find("active");
    return active && active->boolean() == true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view input = fuzz::text_of(data, size);
    const auto read = token::parse_introspection_json(input);
    const bool active = read && read->has_value();
    CHECK(!active || says_active(input), input);
    for (const http::Status status :
         {http::Status::ok, http::Status::unauthorized, http::Status::internal_server_error}) {
        const auto answer = resource::read_introspection_answer(status, input, input);
        CHECK(!answer || (active && status == http::Status::ok), input);
        CHECK(answer || answer.error().retry_after <= Seconds{60}, input);
    }
    if (!active) return 0;
    std::string json;
    token::append_introspection_json(json, **read);
    const auto again = token::parse_introspection_json(json);
    CHECK(again && *again, json);
    std::string second;
    token::append_introspection_json(second, **again);
    CHECK(json == second && !json.contains("null,"), json);
    return 0;
}
