// Questions of the decision API: what is read keeps the limits that it is promised to keep, and
// names one caller in one way.
#include "resource/decision_api/decision_request.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using resource::DecisionRequest;
    const auto document = JsonDocument::parse(fuzz::text_of(data, size));
    if (!document) return 0;
    const auto request = resource::read_decision_request(document->root());
    if (!request) {
        CHECK(!request.error().empty());
        return 0;
    }
    CHECK(!request->tool.empty() && request->tool.size() <= DecisionRequest::name_bytes_max);
    CHECK(std::ranges::none_of(request->tool, [](char c) { return c >= 0 && c < 0x20; }));
    CHECK(request->token.empty() || request->client_id.empty());
    CHECK(request->client_id.size() <= DecisionRequest::identity_bytes_max);
    CHECK(request->subject.size() <= DecisionRequest::identity_bytes_max);
    CHECK(!request->client_id.empty() || (request->subject.empty() && !request->scope));
    return 0;
}
