#include "resource/metadata/protected_resource.h"

#include "base/check.h"
#include "http/uri.h"
#include "resource/metadata/challenge.h"
#include "resource/metadata/resource_metadata.h"

namespace sluice::resource {
namespace {

Policy compiled(const ResourceSettings& settings) {
    auto policy = Policy::compile(settings.required_scopes, settings.tools);
    CHECK(policy.has_value(), policy.error());
    return *std::move(policy);
}

http::HttpUrl upstream_url(const ResourceSettings& settings) {
    auto url = http::HttpUrl::parse(settings.upstream);
    CHECK(url.has_value(), settings.upstream);
    return *std::move(url);
}

}  // namespace

ProtectedResource::ProtectedResource(std::size_t index, const ResourceSettings& settings,
                                     http::Client& client, std::unique_ptr<Verifier> verifier)
    : index_(index),
      settings_(settings),
      policy_(compiled(settings)),
      verifier_(std::move(verifier)),
      client_(client),
      metadata_url_(resource::metadata_url(settings)),
      entry_scope_(for_discovery(settings.required_scopes.union_with(settings.scopes_supported))),
      entry_challenge_(
          challenge_text({.scope = &entry_scope_, .resource_metadata = metadata_url_})) {
    if (settings.upstream.empty()) return;
    const http::HttpUrl url = upstream_url(settings);
    upstream_ = &client.origin(url, settings.upstream_trust ? &*settings.upstream_trust : nullptr);
    upstream_target_ = url.target();
}

}  // namespace sluice::resource
