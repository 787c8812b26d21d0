// Fields of a request that decide on something: cookies, media types, bearer tokens, client
// credentials, forwarded addresses. What is found is a part of what came, and of its grammar.
#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/check.h"
#include "http/cookie.h"
#include "http/fields.h"
#include "http/media_type.h"
#include "http/request_builder.h"
#include "oauth/clients/client_credentials.h"
#include "resource/mcp/era.h"
#include "resource/mcp/justification.h"
#include "resource/tokens/bearer.h"
#include "server/trusted_proxies.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;

bool is_part(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_media_type(std::string_view value) {
    for (const std::string_view type : {"application/json", "text/event-stream"}) {
        if (http::accepts_by_name(value, type)) CHECK(http::accepts(value, type), value);
        if (!http::is_media_type(value, type)) continue;
        CHECK(equal_ignoring_case(trim(value.substr(0, value.find(';'))), type), value);
        CHECK(!http::is_media_type(value, "text/plain"), value);
    }
}

void check_bearer(std::string_view value) {
    const auto token = resource::parse_bearer(value);
    if (!token) return;
    CHECK(is_part(*token, value) && !token->empty() && token->size() <= 8192, value);
    CHECK(equal_ignoring_case(value.substr(0, 6), "bearer"), value);
    const std::string_view body = token->substr(0, token->find('='));
    CHECK(std::ranges::all_of(body,
                              [](char c) {
                                  return is_alpha(c) || is_digit(c) ||
                                         std::string_view("-._~+/").contains(c);
                              }),
          value);
    CHECK(token->substr(body.size()).find_first_not_of('=') == std::string_view::npos, value);
}

void check_cookie(const http::Request& request, std::string_view value) {
    for (const std::string_view name : {"__Host-sluice", "a", ""}) {
        const auto found = http::find_cookie(request, name);
        if (!found) continue;
        CHECK(!found->contains(';'), value);
        CHECK(value.contains(std::string(name) + "=" + std::string(*found)), value);
    }
}

void check_credentials(const http::Request& request, std::string_view body) {
    http::Form form;
    if (!form.parse(body)) return;
    const auto credentials = oauth::read_client_credentials(request, form);
    if (credentials) {
        CHECK(!credentials->client_id.empty(), body);
        CHECK(credentials->in_header || credentials->assertion ||
                  form.get("client_id") == credentials->client_id,
              body);
        return;
    }
    for (const char c : credentials.error().description) {
        CHECK(c >= 0x20 && c < 0x7f && c != '"' && c != '\\', credentials.error().description);
    }
}

// Nobody's address is ever taken from a peer that is not trusted, nor anything that is no address.
void check_forwarded(const http::Request& request) {
    const server::TrustedProxies proxies({*http::IpNetwork::parse("10.0.0.0/8")}, false);
    const auto near = *io::Address::from_ip("10.0.0.1", 0);
    const auto far = *io::Address::from_ip("192.0.2.1", 0);
    CHECK(proxies.client_of(far, "192.0.2.1", request) == "192.0.2.1");
    const std::string_view client = proxies.client_of(near, "10.0.0.1", request);
    CHECK(io::Address::from_ip(client, 0).has_value(), client);
}

}  // namespace

// The first line is the value of every field; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view value = trim(input.substr(0, end));
    const std::string_view body = input.substr(std::min(end + 1, input.size()));
    check_media_type(value);
    check_bearer(value);
    const std::string_view reason = resource::trim_justification(value);
    CHECK(is_part(reason, value) && reason.size() <= resource::justification_bytes_max, value);
    CHECK(resource::trim_justification(reason) == reason, value);
    if (const auto plain = resource::decode_mirrored(value)) {
        CHECK(*plain == value || value.starts_with("=?"), value);
    }
    if (!http::is_field_value(value)) return 0;
    http::RequestBuilder builder(http::Method::post, "/");
    for (const std::string_view name : {"Cookie", "Authorization"}) builder.field(name, value);
    builder.field(body.empty() ? "Forwarded" : "X-Forwarded-For", value);
    check_cookie(builder.request(), value);
    check_credentials(builder.request(), body);
    check_forwarded(builder.request());
    return 0;
}
