// Passwords, sessions and form tokens of operators.
#include "admin/operators.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/secret.h"
#include "crypto/base64url.h"
#include "http/cookie.h"
#include "io/event.h"
#include "oauth/limits/address_key.h"

namespace sluice::admin {
namespace {

constexpr std::string_view cookie_name = "sluice_admin";
constexpr std::size_t cookie_bytes = 32;
constexpr std::size_t sessions_max = 1000;
constexpr std::size_t name_size_max = 256;       // bytes
constexpr std::size_t password_size_max = 1024;  // bytes
constexpr Seconds busy_retry{2};

constexpr oauth::ThrottleRule guesser_rule{};
constexpr oauth::ThrottleRule account_rule{.slowed = 1'000'000'000};  // held, but never refused
constexpr oauth::ThrottleRule address_rule{.free = 10, .slowed = 20};

std::string random_text(Random& random) {
    std::array<std::byte, cookie_bytes> bytes;
    random.fill(bytes);
    return crypto::base64url(bytes);
}

crypto::PasswordHash hash_of(const config::OperatorConfig& of, Random& random) {
    if (of.password_hash.empty()) {
        return crypto::PasswordHash::of_known(of.password.reveal(), random);
    }
    auto hash = crypto::PasswordHash::parse(of.password_hash);
    CHECK(hash.has_value(), "a checked password_hash is refused");
    return *std::move(hash);
}

std::string guesser(std::string_view name, std::string_view address) {
    return std::string(name).append("\n").append(address);
}

}  // namespace

Operators::Operators(io::Shard& shard, io::WorkerPool& workers, const config::AdminConfig& config)
    : shard_(shard),
      workers_(workers),
      operators_(storage::make_text_map<crypto::PasswordHash>(shard.random().next_u64())),
      sessions_(config.session_ttl, sessions_max),
      key_(random_text(shard.random())),
      guesser_logins_(guesser_rule, shard.random().next_u64()),
      account_logins_(account_rule, shard.random().next_u64()),
      address_logins_(address_rule, shard.random().next_u64()) {
    for (const config::OperatorConfig& of : config.operators) {
        operators_.emplace(of.name, hash_of(of, shard.random()));
    }
}

io::Task<oauth::Attempt> Operators::begin_attempt(std::string_view name, std::string_view address) {
    const MonotonicTime now = shard_.now();
    for (oauth::AttemptThrottle* throttle :
         {&guesser_logins_, &account_logins_, &address_logins_}) {
        throttle->expire(now);
    }
    oauth::Attempt attempt = address_logins_.begin(address, now);
    if (attempt.retry_after > Seconds{0}) co_return attempt;
    const oauth::Attempt here = guesser_logins_.begin(guesser(name, address), now);
    if (here.retry_after > Seconds{0}) co_return here;
    const oauth::Attempt anywhere = account_logins_.begin(name, now);
    attempt.hold = std::max({attempt.hold, here.hold, anywhere.hold});
    if (attempt.hold > Duration::zero()) co_await io::Sleep(shard_, attempt.hold);
    co_return attempt;
}

io::Task<Operators::LoginResult> Operators::check(const http::Request& request,
                                                  std::string_view name,
                                                  std::string_view password) {
    if (name.size() > name_size_max || password.size() > password_size_max) {
        co_return LoginResult{Login::wrong};
    }
    const PooledText address = oauth::address_key(request.peer());
    const oauth::Attempt attempt = co_await begin_attempt(name, address);
    if (attempt.retry_after > Seconds{0}) co_return LoginResult{Login::slowed, attempt.retry_after};

    const auto known = operators_.find(name);
    const bool exists = known != operators_.end();
    const auto right = co_await workers_.run(
        shard_, [hash = exists ? known->second : crypto::PasswordHash::of_nobody(),
                 secret = Secret(std::string(password))] { return hash.verify(secret.reveal()); });
    if (!right) co_return LoginResult{Login::busy, busy_retry};
    if (!*right || !exists) co_return LoginResult{Login::wrong};
    guesser_logins_.forget(guesser(name, address));
    account_logins_.forget(name);
    address_logins_.take_back(std::string_view(address), shard_.now());
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
    return crypto::base64url(crypto::as_text(crypto::hmac_sha256(key_, cookie)));
}

bool Operators::is_form_token(std::string_view presented, std::string_view cookie) const {
    return crypto::constant_time_equal(presented, form_token(cookie));
}

}  // namespace sluice::admin
