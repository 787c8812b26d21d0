// Passwords, sessions and form tokens of operators.
#include "admin/operators.h"

#include <algorithm>
#include <array>

#include "crypto/base64url.h"
#include "http/cookie.h"
#include "io/event.h"
#include "oauth/authorization/csrf_token.h"
#include "oauth/authorization/password_check.h"
#include "oauth/limits/address_key.h"

namespace sluice::admin {
namespace {

constexpr std::string_view cookie_name = "sluice_admin";
constexpr std::size_t cookie_bytes = 32;
constexpr std::size_t sessions_max = 1000;
constexpr Seconds busy_retry{2};

std::string random_text(Random& random) {
    std::array<std::byte, cookie_bytes> bytes;
    random.fill(bytes);
    return crypto::base64url(bytes);
}

}  // namespace

Operators::Operators(io::Shard& shard, io::WorkerPool& workers, const config::AdminConfig& config)
    : shard_(shard),
      workers_(workers),
      operators_(storage::make_text_map<crypto::PasswordHash>(shard.random().next_u64())),
      sessions_(config.session_ttl, sessions_max),
      key_(random_text(shard.random())),
      logins_(shard.random().next_u64()) {
    for (const config::OperatorConfig& of : config.operators) {
        operators_.emplace(of.name, of.password_hash);
        password_cost_.note(of.password_hash);
    }
}

io::Task<oauth::Attempt> Operators::begin_attempt(std::string_view name, std::string_view address) {
    const MonotonicTime now = shard_.now();
    logins_.expire(now);
    oauth::Attempt attempt = logins_.begin_at_address(address, now);
    if (attempt.retry_after > Seconds{0}) co_return attempt;
    attempt = oauth::stricter(attempt, logins_.begin_at_account(name, address, now));
    if (attempt.retry_after == Seconds{0} && attempt.hold > Duration::zero()) {
        co_await io::Sleep(shard_, attempt.hold);
    }
    co_return attempt;
}

io::Task<Operators::LoginResult> Operators::check(const http::Request& request,
                                                  std::string_view name,
                                                  std::string_view password) {
    if (name.size() > oauth::username_size_max || password.size() > oauth::password_size_max) {
        co_return LoginResult{Login::wrong};
    }
    const PooledText address = oauth::address_key(request.peer());
    const oauth::Attempt attempt = co_await begin_attempt(name, address);
    if (attempt.retry_after > Seconds{0}) co_return LoginResult{Login::slowed, attempt.retry_after};

    const auto known = operators_.find(name);
    const auto right = co_await oauth::check_password(
        shard_, workers_, known != operators_.end() ? std::optional(known->second) : std::nullopt,
        password, password_cost_);
    if (!right) co_return LoginResult{Login::busy, busy_retry};
    if (!*right) co_return LoginResult{Login::wrong};
    logins_.succeed_at_account(name, address);
    logins_.succeed_at_address(address, shard_.now());
    co_return LoginResult{Login::right};
}

std::string Operators::new_cookie() {
    return random_text(shard_.random());
}

std::optional<std::string_view> Operators::find_cookie(const http::Request& request) {
    const auto value = http::find_cookie(request, cookie_name);
    if (!value || value->size() != crypto::base64url_size(cookie_bytes)) return std::nullopt;
    const bool plain = std::ranges::all_of(
        *value, [](char c) { return crypto::base64url_value(c) != crypto::not_base64url; });
    return plain ? value : std::nullopt;
}

void Operators::set_cookie(http::Response& response, std::string_view value) {
    http::add_cookie(response, {.name = cookie_name,
                                .value = value,
                                .path = "/admin",
                                .max_age = std::nullopt,
                                .secure = false,
                                .http_only = true,
                                .same_site = "Strict"});
}

void Operators::sign_in(std::string_view cookie, std::string_view name) {
    sessions_.expire(shard_.now(), 64);
    CHECK(operators_.contains(name), "only an operator signs in");
    sessions_.put(crypto::sha256(cookie), std::string(name), shard_.now());
}

void Operators::sign_out(std::string_view cookie) {
    sessions_.erase(crypto::sha256(cookie));
}

const std::string* Operators::signed_in(const http::Request& request) {
    const auto cookie = find_cookie(request);
    return cookie ? sessions_.find(crypto::sha256(*cookie), shard_.now()) : nullptr;
}

std::string Operators::form_token(std::string_view cookie) const {
    CHECK(!cookie.empty(), "a form token is of one browser");
    return oauth::csrf_token(key_, {cookie});
}

bool Operators::is_form_token(std::string_view presented, std::string_view cookie) const {
    return oauth::is_csrf_token(presented, key_, {cookie});
}

}  // namespace sluice::admin
