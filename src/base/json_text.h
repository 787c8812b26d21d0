// JSON texts (RFC 8259 §7): unescaping.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Appends `escaped`, what stands between the quotes of a text that keeps to the grammar. False
/// where it holds half of a surrogate pair: that becomes U+FFFD.
bool append_unescaped(std::string& out, std::string_view escaped);

}  // namespace sluice
