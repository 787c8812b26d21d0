// `sluice grants`: what operators see and end, through the store, beside servers that run.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/random.h"
#include "oauth/grants/end_grants.h"
#include "server/storage/commands.h"
#include "server/storage/engine.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

storage::GrantFilter filter_of(const GrantsCommand& command) {
    return {.client_id = command.client, .username = command.user, .resource = command.resource};
}

/// A field of a line: what another server wrote may hold anything.
std::string field(std::string_view text) {
    if (text.empty()) return "-";
    std::string shown(text);
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return shown;
}

std::string time_text(std::int64_t seconds) {
    return fmt::format("{:%FT%TZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

io::Task<int> list(storage::Store& store, const GrantsCommand& command) {
    const auto found = co_await oauth::find_grants(store, filter_of(command));
    if (!found) co_return complain(describe(found.error()));
    for (const storage::StoredGrant& grant : *found) {
        fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", field(grant.client_id), field(grant.username),
                   field(grant.resource), field(grant.scope), time_text(grant.issued_at),
                   time_text(grant.expires_at));
    }
    co_return 0;
}

io::Task<int> revoke(storage::Store& store, const GrantsCommand& command) {
    const auto ended = co_await oauth::end_grants(
        store, filter_of(command), [&store](token::GrantTag tag) { return store.revoke(tag); });
    if (!ended) co_return complain("the database does not answer; run it again to end the rest");
    fmt::print("{} {} ended\n", *ended, *ended == 1 ? "grant has" : "grants have");
    co_return 0;
}

}  // namespace

int run_grants(const GrantsCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    if (!config->storage().durable()) {
        return complain("engine \"memory\" keeps its grants in the server alone: restart it");
    }
    const bool revokes = command.action == GrantsCommand::Action::revoke;
    if (revokes && !command.user && !command.client && !command.resource) {
        return complain("say whose grants end: --user, --client or --resource");
    }
    SystemRandom random;
    if (const auto keys = find_sealing_keys(config->storage(), random); !keys) {
        return complain(keys.error());
    }
    const auto status = work_on_store(*config, [&](storage::Store& store, io::Shard&) {
        return revokes ? revoke(store, command) : list(store, command);
    });
    return status ? *status : complain(status.error());
}

}  // namespace sluice::server
