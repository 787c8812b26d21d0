// Forms: what was read and written anew reads the same; anything encoded decodes to itself.
#include "http/form.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::http;
    const std::string_view input = fuzz::text_of(data, size);
    Form form;
    if (form.parse(input)) {
        std::string again;
        for (const Form::Parameter& parameter : form.parameters()) {
            append_form_parameter(again, parameter.name, parameter.value);
        }
        Form second;
        CHECK(second.parse(again).has_value(), again);
        CHECK(std::ranges::equal(form.parameters(), second.parameters(),
                                 [](const Form::Parameter& a, const Form::Parameter& b) {
                                     return a.name == b.name && a.value == b.value;
                                 }),
              again);
        if (const auto name = form.repeated()) CHECK(form.count(*name) > 1);
    }
    if (input.find('\0') == std::string_view::npos) {
        std::string encoded;
        append_form_parameter(encoded, "value", input);
        CHECK(form.parse(encoded).has_value(), encoded);
        CHECK(form.get("value") == input, encoded);
    }
    return 0;
}
