#include "oauth/clients/client_document_fetch.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/cache_lifetime.h"
#include "http/media_type.h"
#include "oauth/clients/client_document.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr Duration time_max = std::chrono::seconds{5};
constexpr Seconds fresh_least = std::chrono::minutes{1};
constexpr Seconds fresh_otherwise = std::chrono::minutes{5};  // where the host says nothing
constexpr Seconds away_retry{30};

std::unexpected<Error> away(std::string_view why) {
    return refuse_for_now(
        ErrorCode::busy,
        std::string("The client's metadata document could not be fetched: ").append(why),
        away_retry);
}

std::unexpected<Error> refused(std::string_view why) {
    return refuse(ErrorCode::invalid_client,
                  std::string("The client's metadata document could not be fetched: ").append(why));
}

// A host of the operator's own network may have an address of that network.
http::AddressGuard guard_for(const ClientDocumentSettings& settings, std::string_view host) {
    const bool is_private = std::ranges::any_of(
        settings.private_hosts,
        [host](const std::string& pattern) { return host_matches(pattern, host); });
    return is_private ? nullptr : http::is_public_address;
}

bool is_json(std::string_view content_type) {
    if (http::is_media_type(content_type, "application/json")) return true;
    const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
    constexpr std::string_view head = "application/";
    constexpr std::string_view tail = "+json";
    return type.size() > head.size() + tail.size() &&
           equal_ignoring_case(type.substr(0, head.size()), head) &&
           equal_ignoring_case(type.substr(type.size() - tail.size()), tail);
}

// The draft takes 200 alone: what another answer leads to was not judged.
Result<> check_head(const http::ResponseHead& head) {
    const unsigned status = http::code(head.status());
    if (status >= 500 || status == 429) return away("its host is busy.");
    if (status >= 300 && status < 400) return refused("its host redirects.");
    if (status != 200) return refused("its host does not have it.");
    if (!is_json(head.field("Content-Type").value_or(""))) return refused("it is no JSON.");
    const std::string_view coding = head.field("Content-Encoding").value_or("identity");
    if (!equal_ignoring_case(trim(coding), "identity")) return refused("it is compressed.");
    return {};
}

Duration fresh_for(const ClientDocumentSettings& settings, const http::ResponseHead& head,
                   WallTime now) {
    const Seconds told = http::freshness_lifetime(head, now).value_or(fresh_otherwise);
    const Duration most = std::max<Duration>(settings.cache_max, fresh_least);
    return std::clamp<Duration>(told, fresh_least, most);
}

Error error_of(const http::ClientError& error) {
    using Kind = http::ClientError::Kind;
    // Refused by the guard or by TLS, or not HTTP: no host that is away for a while.
    const bool definite =
        error.kind == Kind::garbage || error.kind == Kind::too_large || error.kind == Kind::refused;
    return definite ? refused(error.description).error() : away(error.description).error();
}

}  // namespace

io::Task<Result<FetchedDocument>> fetch_client_document(ShardState& state, http::Client& client,
                                                        std::string url) {
    const ClientDocumentSettings& settings = state.settings.client_documents;
    const auto parsed = http::HttpUrl::parse(url);
    if (!parsed || !parsed->secure()) co_return refused("its address is no https URL.");
    if (!settings.trust) co_return refused("no certificate authority is trusted here.");
    io::CancelScope scope;
    io::Deadline deadline(scope);
    state.shard.timers().start(deadline, state.now() + time_max);
    http::Origin& origin =
        client.origin(*parsed, &*settings.trust, guard_for(settings, parsed->host()));
    http::OutgoingRequest request;
    request.set(http::Method::get, parsed->target());
    request.add_field("Accept", "application/json");
    request.add_field("User-Agent", "Sluice");
    auto answer = co_await client.send(origin, request,
                                       {.head_timeout = time_max,
                                        .chunk_timeout = time_max,
                                        .connect_timeout = time_max,
                                        .scope = &scope});
    if (!answer) co_return failure(error_of(answer.error()));
    CO_REQUIRE(check_head(answer->head()));
    const Duration fresh = fresh_for(settings, answer->head(), state.shard.wall_now());
    std::string body;
    const auto read = co_await answer->read_body(body, client_document_size_max);
    if (!read) co_return failure(error_of(read.error()));
    CO_TRY(Client described, parse_client_document(body, url, state.settings));
    co_return FetchedDocument{std::move(described), fresh};
}

}  // namespace sluice::oauth
