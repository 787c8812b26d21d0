// Gathering.
#include "admin/stats_collector.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "io/event.h"
#include "resource/decision/tool_changes.h"

namespace sluice::admin {
namespace {

constexpr Duration interval = std::chrono::seconds{1};

struct Question {
    std::size_t client;  // place among those asked about
    std::size_t resource;
    resource::CallerKey key;
};

struct Answer {
    std::size_t client;
    std::vector<friction::Decision> standing;
};

/// The entries of one client, which many shards may have served, become one.
std::vector<WatchedClient> merged(std::vector<metrics::BoardEntry> entries) {
    std::vector<WatchedClient> clients;
    std::unordered_map<std::string, std::size_t> places;
    for (metrics::BoardEntry& entry : entries) {
        const auto [place, is_new] = places.try_emplace(
            metrics::ClientBoard::key(entry.resource, entry.client_id, entry.subject),
            clients.size());
        if (is_new) {
            clients.push_back({std::move(entry), {}, 0});
        } else {
            clients[place->second].entry.merge(entry);
        }
    }
    return clients;
}

bool stands_above(const WatchedClient& a, const WatchedClient& b) {
    if (a.friction != b.friction) return a.friction > b.friction;
    return a.entry.seen > b.entry.seen;
}

/// What nobody asks about any more: no friction left, and no call for a while.
bool is_over(const WatchedClient& client, MonotonicTime now) {
    return client.friction < 0.005 && now - client.entry.seen > std::chrono::minutes{5};
}

}  // namespace

io::Task<void> StatsCollector::run(io::CancelScope& scope) {
    do {
        auto numbers =
            co_await metrics::count_resources(parts_.resources, parts_.stats, parts_.shard);
        timeline_.add(std::move(numbers), parts_.shard.now(), parts_.shard.wall_now());
    } while (co_await io::Sleep(parts_.shard, interval, &scope));
}

resource::CallerKey StatsCollector::key_of(const Client& client) const {
    return resource::CallerKey::of(parts_.resources.resources[client.resource].issuer,
                                   client.client_id, client.subject);
}

io::Task<std::vector<WatchedClient>> StatsCollector::clients() {
    std::vector<metrics::BoardEntry> entries;
    const MonotonicTime now = parts_.shard.now();
    for (unsigned owner = 0; owner < parts_.stats.count(); ++owner) {
        auto some = co_await parts_.stats.call(
            parts_.shard, owner,
            [resources = parts_.resources.resources.size(), now](metrics::ShardStats& stats) {
                CHECK(stats.board() != nullptr, "nobody keeps a board");
                return stats.board()->top(resources, 2 * clients_max, now);
            });
        std::ranges::move(some, std::back_inserter(entries));
    }
    std::vector<WatchedClient> clients = merged(std::move(entries));

    std::vector<std::vector<Question>> questions(parts_.guards.count());
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const metrics::BoardEntry& entry = clients[i].entry;
        const auto key = key_of({entry.resource, entry.client_id, entry.subject});
        questions[key.owner(parts_.guards.count())].push_back({i, entry.resource, key});
    }
    for (unsigned owner = 0; owner < questions.size(); ++owner) {
        if (questions[owner].empty()) continue;
        const auto ask = [some = std::move(questions[owner]), now](const resource::Guard& guard) {
            std::vector<Answer> answers;
            for (const Question& question : some) {
                answers.push_back(
                    {question.client, guard.standing(question.resource, question.key, now)});
            }
            return answers;
        };
        for (Answer& answer : co_await parts_.guards.call(parts_.shard, owner, ask)) {
            CHECK(answer.client < clients.size());
            WatchedClient& client = clients[answer.client];
            client.standing = std::move(answer.standing);
            for (const friction::Decision& met : client.standing) {
                client.friction = std::max(client.friction, met.friction);
            }
        }
    }
    std::erase_if(clients, [now](const WatchedClient& client) { return is_over(client, now); });
    std::ranges::sort(clients, stands_above);
    co_return clients;
}

io::Task<std::vector<StatsCollector::Change>> StatsCollector::changes() {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < parts_.resources.resources.size(); ++i) {
        CHECK(i < timeline_.numbers().size(), "counted before it is shown");
        if (timeline_.numbers()[i].tool_changes == 0) continue;
        const resource::ResourceSettings& settings = parts_.resources.resources[i];
        const auto pending = co_await parts_.guards.call(
            parts_.shard, resource::inventory_owner(i, parts_.guards.count()),
            [i](const resource::Guard& guard) { return guard.inventory(i).pending(); });
        for (const resource::ToolChange& change : pending) {
            const bool raises = settings.tool_changes == resource::ToolChanges::friction &&
                                settings.friction != nullptr &&
                                settings.friction->tool(change.tool).is_listed();
            changes.push_back({i, change, raises});
        }
    }
    co_return changes;
}

io::Task<bool> StatsCollector::acknowledge(std::size_t resource, std::string_view tool) {
    return resource::acknowledge_tool(parts_.shard, parts_.guards, resource, tool);
}

io::Task<void> StatsCollector::forgive(Client client) {
    const auto key = key_of(client);
    co_await parts_.guards.call(
        parts_.shard, key.owner(parts_.guards.count()),
        [&client, &key](resource::Guard& guard) { return guard.forgive(client.resource, key); });
    for (unsigned owner = 0; owner < parts_.stats.count(); ++owner) {
        co_await parts_.stats.call(parts_.shard, owner, [&client](metrics::ShardStats& stats) {
            stats.board()->forget(client.resource, client.client_id, client.subject);
        });
    }
}

}  // namespace sluice::admin
