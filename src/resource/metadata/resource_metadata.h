// Protected resource metadata (RFC 9728 §2, §3).
#pragma once

#include <string>

#include "resource/settings.h"

namespace sluice::resource {

inline constexpr std::string_view metadata_root = "/.well-known/oauth-protected-resource";

/// The document. `resource` is the canonical identifier, which clients compare with the URL they
/// were given; scopes_supported is the minimal set.
std::string metadata_json(const ResourceSettings& resource);

/// Where the document stands: the resource's path inserted behind the well-known one (§3.1).
std::string metadata_path(const ResourceSettings& resource);

/// Its URL, for challenges.
std::string metadata_url(const ResourceSettings& resource);

}  // namespace sluice::resource
