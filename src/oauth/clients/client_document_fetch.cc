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
constexpr Seconds busy_retry{30};

std::string sentence(std::string_view why) {
    return std::string("The client's metadata document could not be fetched: ").append(why);
}

std::unexpected<DocumentFault> busy(std::string_view why) {
    return failure(
        DocumentFault{{ErrorCode::busy, sentence(why), Challenge::none, busy_retry}, true});
}

std::unexpected<DocumentFault> refused(std::string_view why, bool away = false) {
    return failure(
        DocumentFault{{ErrorCode::invalid_client, sentence(why), Challenge::none, {}}, away});
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
std::expected<void, DocumentFault> check_head(const http::ResponseHead& head) {
    const unsigned status = http::code(head.status());
    if (status >= 500 || status == 429) return busy("its host is busy.");
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

std::unexpected<DocumentFault> fault_of(const http::ClientError& error) {
    using Kind = http::ClientError::Kind;
    switch (error.kind) {
        case Kind::garbage:
        case Kind::too_large:
            return refused(error.description);
        case Kind::unresolved:
        case Kind::refused:  // by the guard and by TLS, too
            return refused(error.description, true);
        default:
            return busy(error.description);
    }
}

}  // namespace

io::Task<std::expected<FetchedDocument, DocumentFault>> fetch_client_document(ShardState& state,
                                                                              http::Client& client,
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
    if (!answer) co_return fault_of(answer.error());
    CO_REQUIRE(check_head(answer->head()));
    const Duration fresh = fresh_for(settings, answer->head(), state.shard.wall_now());
    std::string body;
    const auto read = co_await answer->read_body(body, client_document_size_max);
    if (!read) co_return fault_of(read.error());
    auto described = parse_client_document(body, url, state.settings);
    if (!described) co_return failure(DocumentFault{std::move(described).error(), false});
    co_return FetchedDocument{*std::move(described), fresh};
}

}  // namespace sluice::oauth
