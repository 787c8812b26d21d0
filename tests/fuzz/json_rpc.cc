// What clients post: a body that is accepted keeps its messages' own text, and reads the same
// again.
#include "resource/mcp/json_rpc.h"

#include <string>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sluice;
using namespace sluice::resource;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const auto body = PostedBody::parse(input);
    if (!body) return 0;
    CHECK(!body->messages().empty());
    CHECK(body->is_batch() || body->messages().size() == 1);
    for (const Message& message : body->messages()) {
        const auto alone = PostedBody::parse(message.text);
        CHECK(alone.has_value(), message.text);
        const Message& again = alone->messages().front();
        CHECK(again.id == message.id && again.method == message.method);
        CHECK(again.name == message.name && again.kind == message.kind);
        CHECK(!message.is_tool_call() || (!message.name.empty() && !message.id.empty()));
    }
    return 0;
}
