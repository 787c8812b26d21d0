// Operator authentication: signing in, the session cookie, and CSRF tokens of the forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/admin_config.h"
#include "crypto/digest.h"
#include "crypto/password_hash.h"
#include "http/message.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/worker_pool.h"
#include "oauth/authorization/password_check.h"
#include "oauth/limits/login_throttle.h"
#include "storage/expiring_map.h"
#include "storage/text_hash.h"

namespace sluice::admin {

/// Lives on the one shard that serves /admin.
class Operators {
public:
    Operators(io::Shard& shard, io::WorkerPool& workers, const config::AdminConfig& config);

    enum class Login : std::uint8_t { right, wrong, slowed, busy };
    struct LoginResult {
        Login outcome;
        Seconds retry_after{0};  // of slowed and busy
    };
    /// Off the shard's thread; slowed after failures as sign-ins of users are, and as slow for a
    /// name that nobody has.
    io::Task<LoginResult> check(const http::Request& request, std::string_view name,
                                std::string_view password);

    /// A value that ties a form to a browser, or a session to one that is signed in.
    std::string new_cookie();
    /// The cookie that the browser sent, of the right form; nothing else is known of it.
    static std::optional<std::string_view> find_cookie(const http::Request& request);
    static void set_cookie(http::Response& response, std::string_view value);

    void sign_in(std::string_view cookie, std::string_view name);
    void sign_out(std::string_view cookie);
    /// The name of who is signed in with the request's cookie; valid until the next call.
    const std::string* signed_in(const http::Request& request);

    /// What a form or an action has to bring back: HMAC over the cookie.
    std::string form_token(std::string_view cookie) const;
    bool is_form_token(std::string_view presented, std::string_view cookie) const;

private:
    io::Task<oauth::Attempt> begin_attempt(std::string_view name, std::string_view address);

    io::Shard& shard_;
    io::WorkerPool& workers_;
    storage::TextMap<crypto::PasswordHash> operators_;
    storage::ExpiringMap<crypto::Digest, std::string, crypto::DigestHash> sessions_;
    std::string key_;  // of form tokens
    oauth::LoginThrottle logins_;
    oauth::PasswordCost password_cost_;
};

}  // namespace sluice::admin
