#include "oauth/authorization/csrf_token.h"

#include "crypto/base64url.h"
#include "crypto/digest.h"

namespace sluice::oauth {

std::string csrf_token(std::string_view key, std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) {
        if (!text.empty()) text += '\n';
        text += part;
    }
    return crypto::base64url(crypto::as_text(crypto::hmac_sha256(key, text)));
}

bool is_csrf_token(std::string_view presented, std::string_view key,
                   std::initializer_list<std::string_view> parts) {
    return crypto::constant_time_equal(presented, csrf_token(key, parts));
}

}  // namespace sluice::oauth
