#include "resource/gateway/token_watch.h"

#include <algorithm>

#include "resource/tokens/bearer.h"

namespace sluice::resource {
namespace {

constexpr std::int64_t seconds_between_checks = 60;

}  // namespace

io::Task<void> TokenWatch::stop() {
    own_.cancel();
    co_await group_.join();
}

io::Task<void> TokenWatch::run() {
    io::Shard& shard = context_.exchange.shard();
    while (!own_.cancelled()) {
        std::int64_t rest = seconds_between_checks;
        if (const auto expiry = context_.caller.expires_at) {
            rest = std::clamp<std::int64_t>(*expiry - numeric_date(shard.wall_now()), 0, rest);
        }
        if (!co_await io::Sleep(shard, Seconds(rest), &own_)) co_return;
        if (!co_await is_good()) {
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
    if (settings.introspection) co_return true;
    const auto bearer = find_bearer(context_.request());
    if (!bearer) co_return false;
    token::TokenInfo info;
    const auto known = co_await context_.resource.verifier().verify(
        *bearer, context_.request().peer(), &own_, info);
    if (!known) co_return known.error().fault == TokenFault::unavailable;
    co_return check_claims(info, settings.identifier, settings.issuer,
                           numeric_date(shard.wall_now()))
        .has_value();
}

}  // namespace sluice::resource
