#include "server/storage/penalty_keeper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "io/event.h"
#include "server/storage/penalty_document.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;
using storage::PutMode;
using storage::StoredDocument;

constexpr auto kind = DocumentKind::friction_penalty;
constexpr std::size_t page_size = 256;
constexpr Duration pause = std::chrono::milliseconds{250};

ClockPair clocks(const io::Shard& shard) {
    return {shard.now(), shard.wall_now()};
}

}  // namespace

io::Task<void> PenaltyKeeper::run(io::CancelScope& scope) {
    while (co_await io::Sleep(parts_.shard, interval, &scope)) {
        co_await write_changes(parts_.shard.now() + interval);
    }
    co_await write_changes(parts_.shard.now() + last_time_max);
}

io::Task<bool> PenaltyKeeper::write_changes(MonotonicTime until) {
    for (std::size_t index = 0; index < parts_.resources.resources.size(); ++index) {
        if (!parts_.own.tracks_penalties(index)) continue;
        std::vector<resource::PenaltyChange> changes;
        do {
            changes = parts_.own.take_penalty_changes(index, page_size, parts_.shard.now());
            bool possible = true;
            for (const resource::PenaltyChange& change : changes) {
                possible = possible && parts_.shard.now() < until && co_await write(index, change);
                if (!possible) parts_.own.return_penalty_change(index, change.caller);
            }
            if (!possible) co_return false;
        } while (changes.size() == page_size);
    }
    co_return true;
}

io::Task<bool> PenaltyKeeper::write(std::size_t resource, resource::PenaltyChange change) {
    const resource::ResourceSettings& settings = parts_.resources.resources[resource];
    CHECK(settings.friction != nullptr, "a penalty without friction");
    const std::string key = penalty_key(settings.path, change.caller);
    if (!change.penalty) co_return (co_await parts_.store.erase({kind, key})).has_value();
    const friction::Moment left = settings.friction->penalty_ttl() + change.penalty->last_call -
                                  friction::Moment(parts_.shard.now().time_since_epoch());
    const std::string value =
        penalty_value(*change.penalty, *settings.friction, clocks(parts_.shard));
    const Duration lifetime =
        std::max<Duration>(std::chrono::duration_cast<Duration>(left), std::chrono::seconds{1});
    co_return (co_await parts_.store.put({kind, key, value, lifetime}, PutMode::replace))
        .has_value();
}

io::Task<void> PenaltyKeeper::load(io::CancelScope& scope) {
    std::string after;
    while (!scope.cancelled()) {
        const auto page = co_await parts_.store.list(kind, after, page_size);
        if (!page) {
            co_await io::Sleep(parts_.shard, pause, &scope);
            continue;
        }
        std::vector<std::vector<Loaded>> by_owner = read(*page);
        for (unsigned owner = 0; owner < by_owner.size(); ++owner) {
            if (by_owner[owner].empty()) continue;
            const auto restore = [penalties = std::move(by_owner[owner]),
                                  now = parts_.shard.now()](resource::Guard& guard) {
                for (const auto& [resource, caller, penalty] : penalties) {
                    guard.restore_penalty(resource, caller, penalty, now);
                }
            };
            co_await parts_.guards.call(parts_.shard, owner, restore);
        }
        if (page->size() < page_size) co_return;
        after = page->back().key;
    }
}

std::vector<std::vector<PenaltyKeeper::Loaded>> PenaltyKeeper::read(
    const std::vector<StoredDocument>& documents) const {
    std::vector<std::vector<Loaded>> by_owner(parts_.guards.count());
    const auto& resources = parts_.resources.resources;
    for (const StoredDocument& document : documents) {
        const auto name = parse_penalty_key(document.key);
        if (!name) continue;
        const auto resource = std::ranges::find_if(resources, [&](const auto& of) {
            return of.friction != nullptr && penalty_resource(of.path) == name->resource;
        });
        if (resource == resources.end()) continue;
        auto penalty = parse_penalty(document.value, *resource->friction, clocks(parts_.shard));
        if (!penalty || penalty->tools.empty()) continue;
        CHECK(by_owner.size() == parts_.guards.count());
        by_owner[name->caller.owner(parts_.guards.count())].push_back(
            {static_cast<std::size_t>(resource - resources.begin()), name->caller,
             *std::move(penalty)});
    }
    return by_owner;
}

}  // namespace sluice::server
