#include "resource/tokens/issuer_keys.h"

#include "base/json.h"
#include "base/result.h"
#include "http/fetch.h"

namespace sluice::resource {
namespace {

http::ClientError no_metadata() {
    return {http::ClientError::Kind::garbage,
            "No metadata of the issuer with a usable jwks_uri was found."};
}

http::FetchOptions options_of(const JwtSettings& settings) {
    return {.trust = settings.trust ? &*settings.trust : nullptr, .bytes_max = 256 * 1024};
}

}  // namespace

std::vector<http::HttpUrl> metadata_urls(std::string_view issuer) {
    std::vector<http::HttpUrl> urls;
    const auto url = http::HttpUrl::parse(issuer);
    if (!url || !url->query().empty()) return urls;
    std::string path = url->path();
    while (path.ends_with('/')) path.pop_back();
    for (const std::string& place : {path + "/.well-known/openid-configuration",
                                     "/.well-known/oauth-authorization-server" + path}) {
        if (auto there = http::HttpUrl::parse(url->origin() + place)) {
            urls.push_back(*std::move(there));
        }
    }
    return urls;
}

std::optional<http::HttpUrl> find_jwks_uri(std::string_view metadata, std::string_view issuer) {
    const auto document = JsonDocument::parse(metadata);
    if (!document || document->root().find_string("issuer") != issuer) return std::nullopt;
    auto url = http::HttpUrl::parse(document->root().find_string("jwks_uri").value_or(""));
    if (!url || (!url->secure() && !issuer.starts_with("http:"))) return std::nullopt;
    return url;
}

IssuerKeys::IssuerKeys(io::Shard& shard, http::Client& client, const JwtSettings& settings)
    : shard_(shard),
      client_(client),
      settings_(settings),
      keys_(shard, [this] { return fetch(); }) {}

io::Task<http::ClientResult<std::string>> IssuerKeys::fetch() {
    CO_TRY(const http::HttpUrl url, co_await discover());
    co_return co_await http::fetch_json(shard_, client_, url, options_of(settings_));
}

io::Task<http::ClientResult<http::HttpUrl>> IssuerKeys::discover() {
    if (auto configured = http::HttpUrl::parse(settings_.jwks_uri)) {
        co_return *std::move(configured);
    }
    http::ClientError fault = no_metadata();
    for (const http::HttpUrl& place : metadata_urls(settings_.issuer)) {
        const auto text = co_await http::fetch_json(shard_, client_, place, options_of(settings_));
        if (!text) {
            fault = text.error();
        } else if (auto url = find_jwks_uri(*text, settings_.issuer)) {
            co_return *std::move(url);
        } else {
            fault = no_metadata();
        }
    }
    co_return failure(fault);
}

}  // namespace sluice::resource
