#include "resource/gateway/token_watch.h"

#include <algorithm>

#include "resource/tokens/bearer.h"

namespace sluice::resource {
namespace {

// Of a revocation elsewhere this process hears within a second; asking may take another.
constexpr Duration check_interval = std::chrono::seconds{3};

}  // namespace

io::Task<void> TokenWatch::stop() {
    own_.cancel();
    co_await group_.join();
}

io::Task<void> TokenWatch::run() {
    io::Shard& shard = context_.exchange.shard();
    while (!own_.cancelled()) {
        Duration rest = check_interval;
        if (const auto expiry = context_.caller.expires_at) {
            const Duration left = WallTime(Seconds(*expiry)) - shard.wall_now();
            rest = std::clamp<Duration>(left, Duration::zero(), rest);
        }
        if (!co_await io::Sleep(shard, rest, &own_)) co_return;
        if (!co_await is_good()) {
            token_ended_ = true;
            stream_.cancel();
            co_return;
        }
    }
}

/// Where nobody can say at the moment, the token stays good until the next look.
io::Task<bool> TokenWatch::is_good() {
    const ResourceSettings& settings = context_.resource.settings();
    io::Shard& shard = context_.exchange.shard();
    if (!context_.caller.is_current(numeric_date(shard.wall_now()))) co_return false;
    const auto bearer = find_bearer(context_.request());
    if (!bearer) co_return false;
    token::TokenInfo info;
    const auto known = co_await context_.resource.verifier().verify_again(
        *bearer, context_.request().peer(), &own_, info);
    if (!known) co_return known.error().fault == TokenFault::unavailable;
    co_return check_claims(info, settings.identifier, settings.issuer,
                           numeric_date(shard.wall_now()))
        .has_value();
}

}  // namespace sluice::resource
