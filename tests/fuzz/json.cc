// Any text: taken where RFC 8259's grammar takes it, and each value seen as it was written.
#include "base/json.h"

#include <string_view>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/json_reference.h"

namespace {

using sluice::JsonValue;

void collect(const JsonValue& value, std::vector<std::string_view>& values) {
    values.push_back(value.raw());
    static_cast<void>(value.number());
    static_cast<void>(value.integer());
    CHECK(!value.string() || value.string() == value.readable_string(), value.raw());
    value.for_each_element([&](const JsonValue& element) {
        collect(element, values);
        return true;
    });
    value.for_each_member(
        [&](std::string_view, const JsonValue& member) { collect(member, values); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    const std::string_view input = fuzz::text_of(data, size);
    std::string_view text = input;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const test::JsonReference reference(text, JsonDocument::depth_max);
    CHECK(is_json_shaped(input) == reference.valid(), input);
    const auto document = JsonDocument::parse_carried(input);
    CHECK(!document || reference.valid(), input);
    if (!document) return 0;
    std::vector<std::string_view> values;
    collect(document->root(), values);
    CHECK(values == reference.values(), input);
    const auto strict = JsonDocument::parse(input);
    std::string compact;
    document->root().append_to(compact);
    CHECK(JsonDocument::parse(compact).has_value() == strict.has_value(), input);
    return 0;
}
