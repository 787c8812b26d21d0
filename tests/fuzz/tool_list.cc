// Answers to tools/list: what was filtered holds no hidden tool, and filtering it again changes
// nothing.
#include <string>

#include "base/check.h"
#include "resource/mcp/tool_list_filter.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sluice;
using namespace sluice::resource;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const ShowsTool shows = [](std::string_view tool) { return !tool.starts_with('d'); };
    std::string once;
    const auto counts = filter_tool_lists(input, shows, once);
    if (!counts) return 0;
    std::string twice;
    const auto again = filter_tool_lists(once, shows, twice);
    CHECK(again.has_value(), once);
    CHECK(again->before == again->after && again->before == counts->after, once);
    CHECK(once == twice, once);
    return 0;
}
