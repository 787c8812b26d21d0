// Authorization server metadata (RFC 8414).
#pragma once

#include <string>
#include <string_view>

#include "oauth/settings.h"

namespace sluice::oauth {

/// The document, from the settings alone: nothing of a request ever enters it.
std::string make_metadata(const Settings& settings);

/// The path of the issuer, with a leading slash; empty where it has none.
std::string_view issuer_path(const Settings& settings);

}  // namespace sluice::oauth
