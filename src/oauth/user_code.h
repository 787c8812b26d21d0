// User codes of the device authorization grant (RFC 8628 §6.1), as people type them.
#pragma once

#include <string>
#include <string_view>

namespace sluice::oauth {

/// The one spelling to look a code up by: upper case, without the spaces and hyphens that people
/// type or leave out; eight characters are written "WDJB-MJHT". A code of another length is no code
/// of ours and comes back without a hyphen.
std::string normalize_user_code(std::string_view typed);

}  // namespace sluice::oauth
