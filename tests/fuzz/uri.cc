// URIs: the parts make up the text again, and an HTTP URL's normal form is one.
#include "http/uri.h"

#include <string>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string join(const sluice::http::Uri& uri) {
    std::string text(uri.scheme);
    text += ':';
    if (uri.host) {
        text += "//";
        if (uri.userinfo) text.append(*uri.userinfo) += '@';
        text += *uri.host;
        if (uri.port) text.append(":").append(*uri.port);
    }
    text += uri.path;
    if (uri.query) text.append("?").append(*uri.query);
    if (uri.fragment) text.append("#").append(*uri.fragment);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::http;
    const std::string_view input = fuzz::text_of(data, size);
    if (const auto uri = parse_uri(input)) CHECK(join(*uri) == input, input);
    if (const auto url = HttpUrl::parse(input)) {
        const std::string normal = url->origin() + url->target();
        const auto again = HttpUrl::parse(normal);
        CHECK(again.has_value(), normal);
        CHECK(again->origin() + again->target() == normal, normal);
        CHECK(again->port() == url->port() && again->host() == url->host(), normal);
    }
    std::string encoded;
    append_percent_encoded(encoded, input);
    std::string decoded;
    CHECK(append_percent_decoded(decoded, encoded) && decoded == input, encoded);
    return 0;
}
