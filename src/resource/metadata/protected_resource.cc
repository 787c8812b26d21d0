#include "resource/metadata/protected_resource.h"

#include "base/check.h"
#include "resource/metadata/challenge.h"
#include "resource/metadata/resource_metadata.h"

namespace sluice::resource {
namespace {

Policy compiled(const ResourceSettings& settings) {
    auto policy =
        Policy::compile(settings.required_scopes, settings.rules, settings.default_action);
    CHECK(policy.has_value(), policy.error());
    return *std::move(policy);
}

}  // namespace

ProtectedResource::ProtectedResource(std::size_t index, const ResourceSettings& settings,
                                     std::unique_ptr<Verifier> verifier,
                                     std::unique_ptr<Upstream> upstream)
    : index_(index),
      settings_(settings),
      policy_(compiled(settings)),
      verifier_(std::move(verifier)),
      upstream_(std::move(upstream)),
      metadata_url_(resource::metadata_url(settings)),
      entry_scope_(for_discovery(settings.required_scopes.union_with(settings.scopes_supported))),
      entry_challenge_(
          challenge_text({.scope = &entry_scope_, .resource_metadata = metadata_url_})) {
    CHECK(verifier_ != nullptr, settings.path);
}

}  // namespace sluice::resource
