// Small texts of a configuration: quantities read back as they were, networks hold their own
// address, and no fault of a Redis URL repeats a part of it.
#include <string>

#include "base/check.h"
#include "config/quantity.h"
#include "config/redis_url.h"
#include "http/ip_network.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::config;
    const std::string_view input = fuzz::text_of(data, size);
    if (const auto duration = parse_duration(input)) {
        CHECK(parse_duration(to_text(*duration)) == duration, input);
    }
    if (const auto bytes = parse_bytes(input)) {
        const auto again = parse_bytes(to_text(*bytes));
        CHECK(again && again->count == bytes->count, input);
    }
    if (const auto network = http::IpNetwork::parse(input)) {
        const auto own = io::Address::from_ip(input.substr(0, input.find('/')), 0);
        CHECK(own && network->contains(*own), input);
    }
    const auto url = parse_redis_url(input);
    if (url) {
        CHECK(input.starts_with(url->secure ? "rediss://" : "redis://"), input);
        return 0;
    }
    const std::size_t at = input.find('@');
    if (at != std::string_view::npos && at > 20) {
        CHECK(!url.error().contains(input.substr(at - 8, 8)), url.error());
    }
    return 0;
}
