// Documents of the store: what is read and written anew reads the same.
#include <string>

#include "base/check.h"
#include "oauth/clients/stored_client.h"
#include "oauth/device/device_request.h"
#include "oauth/grants/authorization_code.h"
#include "oauth/stored_user.h"
#include "server/storage/penalty_document.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;

/// Where `input` is a document of that kind, what it says survives writing and reading.
template <class Read, class Write>
void check(std::string_view input, Read read, Write write) {
    const auto document = read(input);
    if (!document) return;
    const std::string text = write(*document);
    const auto again = read(text);
    CHECK(again.has_value() && write(*again) == text, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const auto write = [](const auto& document) { return oauth::to_json(document); };
    check(input, &oauth::read_authorization_code, write);
    check(input, &oauth::read_redeemed_code, write);
    check(input, &oauth::read_client, write);
    check(input, &oauth::read_device_request, write);
    check(input, &oauth::StoredUser::parse,
          [](const oauth::StoredUser& user) { return user.to_json(); });
    if (const auto name = server::parse_penalty_key(input)) {
        CHECK(input.starts_with(name->resource), input);
    }
    return 0;
}
