// Resource identifiers (RFC 8707): one canonical form, which is its own; none with a fragment or
// credentials; no URL is above another by a part of a segment.
#include "token/resource_identifier.h"

#include <algorithm>

#include "base/check.h"
#include "http/uri.h"
#include "tests/fuzz/fuzz_input.h"

// Two URLs, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using token::ResourceIdentifier;
    const std::string_view input = fuzz::text_of(data, size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view first = input.substr(0, end);
    const std::string_view second = input.substr(std::min(end + 1, input.size()));
    const auto a = ResourceIdentifier::parse(first);
    const auto b = ResourceIdentifier::parse(second);
    if (a) {
        const auto uri = http::parse_uri(a->text());
        CHECK(uri && !uri->fragment && !uri->userinfo && uri->host, a->text());
        CHECK(uri->scheme == "http" || uri->scheme == "https", a->text());
        CHECK(a->text().starts_with(a->origin()) && !a->path().ends_with('/'), a->text());
        CHECK(a->matches(first) && a->matches(a->text()), a->text());
        const auto again = ResourceIdentifier::parse(a->text());
        CHECK(again && again->text() == a->text(), a->text());
        CHECK(token::resource_allowed(a->text(), a->text()), a->text());
        CHECK(a->matches(second) == (b && *a == *b), a->text());
    }
    if (a && b && token::resource_allowed(a->text(), b->text())) {
        CHECK(a->origin() == b->origin(), a->text());
        const std::string_view below = a->path().substr(b->path().size());
        CHECK(a->path().starts_with(b->path()) && (below.empty() || below[0] == '/'), a->text());
    }
    return 0;
}
