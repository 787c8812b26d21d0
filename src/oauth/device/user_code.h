// User code of the device authorization grant (RFC 8628 §6.1): made, and read as people type it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/random.h"

namespace sluice::oauth {

/// Letters that form no words and are not taken for one another (RFC 8628 §6.1).
inline constexpr std::string_view user_code_alphabet = "BCDFGHJKLMNPQRSTVWXZ";

struct UserCodeShape {
    std::size_t groups = 2;
    std::size_t group_size = 4;  // letters
    std::string_view separator = "-";
};

/// Whether codes of that shape hold 20 random bits at least: five letters.
bool is_strong_enough(const UserCodeShape& shape);

/// "WDJB-MJHT": 34.6 random bits. The shape is strong enough.
std::string make_user_code(Random& random, const UserCodeShape& shape = {});

/// Whether make_user_code() could have made `text`.
bool is_user_code(std::string_view text, const UserCodeShape& shape = {});

/// The one spelling to look a code up by: everything that is no letter and no digit is dropped, the
/// rest is upper case, in groups where it has as many characters as the shape. A code of another
/// length is none of ours and comes back ungrouped. Malformed UTF-8 counts as nothing.
std::string normalize_user_code(std::string_view typed, const UserCodeShape& shape = {});

}  // namespace sluice::oauth
