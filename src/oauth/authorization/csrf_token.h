// CSRF tokens (RFC 9700 §4.7): what a form brings back to prove that it is ours, of this browser.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice::oauth {

/// HMAC-SHA256 by `key` over what the form belongs to: its purpose, the browser's cookie, the query
/// it was made for. The parts hold no newline. Base64url.
std::string csrf_token(std::string_view key, std::initializer_list<std::string_view> parts);

/// Takes the same time wherever the two differ.
bool is_csrf_token(std::string_view presented, std::string_view key,
                   std::initializer_list<std::string_view> parts);

}  // namespace sluice::oauth
