// Keys of another issuer: found by its metadata (RFC 8414, OpenID Connect Discovery 1.0 §4),
// cached.
#pragma once

#include <string>
#include <vector>

#include "http/client.h"
#include "resource/settings.h"
#include "token/remote_jwks.h"

namespace sluice::resource {

/// Where the metadata of `issuer` may be, in the order in which it is asked for: OpenID Connect's
/// place, then RFC 8414's. Empty where `issuer` is no http(s) URL.
std::vector<http::HttpUrl> metadata_urls(std::string_view issuer);

/// `jwks_uri` of a metadata document that is the issuer's own; nothing where it names another
/// issuer, or no URL that may be asked: https, or http where the issuer is http.
std::optional<http::HttpUrl> find_jwks_uri(std::string_view metadata, std::string_view issuer);

/// Of one shard. Metadata is read again whenever the keys are, so a jwks_uri may move.
class IssuerKeys {
public:
    /// All outlive this.
    IssuerKeys(io::Shard& shard, http::Client& client, const JwtSettings& settings);

    token::RemoteJwks& keys() { return keys_; }

private:
    io::Task<http::ClientResult<std::string>> fetch();
    io::Task<http::ClientResult<http::HttpUrl>> discover();

    io::Shard& shard_;
    http::Client& client_;
    const JwtSettings& settings_;
    token::RemoteJwks keys_;
};

}  // namespace sluice::resource
