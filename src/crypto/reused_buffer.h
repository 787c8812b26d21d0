// What base64url.h and seal.h have too, for paths that must not allocate: the result takes the
// place of what is in a text, whose memory is used again. False: nothing, and the text is then
// unspecified.
#pragma once

#include <string>
#include <string_view>

#include "crypto/seal.h"

namespace sluice::crypto {

bool decode_base64url(std::string_view text, std::string& bytes);

bool open_sealed(const SealKey& key, std::string_view sealed, std::string_view associated,
                 std::string& text);

}  // namespace sluice::crypto
