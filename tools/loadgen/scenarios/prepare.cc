#include "loadgen/scenarios/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/result.h"
#include "loadgen/scenarios/authorization_flow.h"
#include "loadgen/scenarios/mix.h"
#include "loadgen/scenarios/refresh.h"
#include "loadgen/scenarios/requests.h"
#include "loadgen/scenarios/scenario_kind.h"
#include "loadgen/scenarios/single_request.h"

namespace sluice::loadgen {
namespace {

constexpr unsigned preparing_depth = 16;
constexpr unsigned preparing_connections = 16;  // a thread
constexpr unsigned signing_in_connections = 2;  // a thread: servers hash passwords slowly

class ShowProgress final : public LoadObserver {
public:
    ShowProgress(ProgressLine& line, Clock& clock) : line_(line), clock_(clock) {}
    void on_progress(const LoadProgress& progress) override {
        line_.show(progress, clock_.monotonic());
    }

private:
    ProgressLine& line_;
    Clock& clock_;
};

std::vector<ScenarioKind> kinds_of(const Settings& settings) {
    std::vector<ScenarioKind> kinds;
    for (const MixPart& part : settings.mix) kinds.push_back(part.kind);
    if (kinds.empty()) kinds.push_back(settings.scenario);
    return kinds;
}

std::expected<void, std::string> read_tokens(const Settings& settings,
                                             std::vector<TokenSet>& sets) {
    std::ifstream file(settings.oauth.token_file);
    if (!file) return failure(fmt::format("cannot read {}", settings.oauth.token_file));
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (!line.empty()) sets[count++ % sets.size()].add(line);
    }
    // Each thread needs one; few tokens may be shared.
    for (std::size_t i = count; i < sets.size() && count > 0; ++i) {
        std::string token;
        sets[0].read(0, token);
        sets[i].add(token);
    }
    if (count == 0) return failure(fmt::format("{} holds no token", settings.oauth.token_file));
    return {};
}

std::string failure_text(std::string_view what, const Counts& counts) {
    std::string text =
        fmt::format("{}: {} of {} failed", what, counts.failed, counts.failed + counts.done);
    if (!counts.samples.empty()) text += fmt::format("; the first: {}", counts.samples.front());
    return text;
}

Load preparing_load(const Settings& settings, const Target& target, std::uint64_t units,
                    unsigned depth, unsigned connections_max) {
    Load load;
    load.threads = settings.threads;
    load.cores = settings.cores;
    load.total = {.target = target, .depth = depth, .timeout = settings.timeout};
    load.total.units = units;
    const std::uint64_t connections = std::uint64_t{connections_max} * settings.threads;
    load.total.connections = static_cast<unsigned>(
        std::max<std::uint64_t>(settings.threads, std::min(units, connections)));
    return load;
}

std::expected<void, std::string> obtain_tokens(const Settings& settings, const Target& target,
                                               Clock& clock, const std::atomic<bool>& stop,
                                               ProgressLine& progress, PreparedScenario& to) {
    TRY(const ScenarioRequest request, token_request(settings));
    const std::uint64_t count = std::max<std::uint64_t>(settings.oauth.tokens, settings.threads);
    Load load = preparing_load(settings, target, count, preparing_depth, preparing_connections);
    load.make_scenario = [&](unsigned thread) {
        to.tokens[thread].reserve(share_of(count, settings.threads, thread));
        return std::make_unique<TokenCollector>(
            SingleRequestParts{"token", request.request, request.expectation}, to.tokens[thread]);
    };
    progress.begin("preparing tokens", count, {});
    ShowProgress observer(progress, clock);
    TRY(const LoadResult result, run_load(load, clock, stop, observer));
    to.preparation.took = result.measured;
    const auto empty = [](const TokenSet& set) { return set.empty(); };
    if (result.counts.failed > 0 || std::ranges::any_of(to.tokens, empty)) {
        return failure(failure_text("no tokens to measure with", result.counts));
    }
    return {};
}

std::expected<void, std::string> sign_users_in(const Settings& settings, const Target& target,
                                               Clock& clock, const std::atomic<bool>& stop,
                                               ProgressLine& progress, PreparedScenario& to) {
    to.refresh_tokens.resize(settings.threads);
    Load load = preparing_load(settings, target, settings.connections, 1, signing_in_connections);
    load.make_scenario = [&](unsigned thread) {
        Settings signing_in = settings;
        signing_in.oauth.stay_signed_in = true;
        signing_in.new_connections = false;
        return std::make_unique<AuthorizationFlow>(signing_in, load.total.connections, thread,
                                                   &to.refresh_tokens[thread]);
    };
    progress.begin("signing users in", settings.connections, {});
    ShowProgress observer(progress, clock);
    TRY(const LoadResult result, run_load(load, clock, stop, observer));
    to.preparation.took += result.measured;
    to.preparation.users = result.counts.done;
    if (result.counts.failed > 0 || result.counts.done < settings.connections) {
        return failure(failure_text("no refresh tokens to measure with", result.counts));
    }
    return {};
}

using Made = std::unique_ptr<Scenario>;

Made make_one(ScenarioKind kind, const Settings& settings, const ScenarioRequest& request,
              const PreparedScenario& prepared, unsigned thread) {
    const auto users =
        static_cast<unsigned>(share_of(settings.connections, settings.threads, thread));
    if (kind == ScenarioKind::authorize_to_token) {
        return std::make_unique<AuthorizationFlow>(settings, users, thread, nullptr);
    }
    if (kind == ScenarioKind::refresh) {
        return std::make_unique<Refresh>(settings, prepared.refresh_tokens[thread]);
    }
    SingleRequestParts parts{std::string(name_of(kind)), request.request, request.expectation,
                             &prepared.tokens[thread], thread + 1};
    if (kind == ScenarioKind::idle_streams) return std::make_unique<EventStream>(std::move(parts));
    return std::make_unique<SingleRequest>(std::move(parts));
}

bool is_single(ScenarioKind kind) {
    return kind != ScenarioKind::authorize_to_token && kind != ScenarioKind::refresh;
}

}  // namespace

std::expected<PreparedScenario, std::string> prepare(const Settings& settings, const Target& target,
                                                     Clock& clock, const std::atomic<bool>& stop,
                                                     ProgressLine& progress) {
    PreparedScenario prepared;
    prepared.tokens.resize(settings.threads);
    const std::vector<ScenarioKind> kinds = kinds_of(settings);
    std::vector<ScenarioRequest> requests(kinds.size());
    bool wants_tokens = false;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (!is_single(kinds[i])) continue;
        TRY(requests[i], request_of(kinds[i], settings));
        wants_tokens = wants_tokens || requests[i].request.needs_token();
    }
    if (wants_tokens && !settings.oauth.token_file.empty()) {
        REQUIRE(read_tokens(settings, prepared.tokens));
    } else if (wants_tokens) {
        REQUIRE(obtain_tokens(settings, target, clock, stop, progress, prepared));
    }
    for (const TokenSet& set : prepared.tokens) {
        prepared.preparation.tokens += set.size();
        prepared.preparation.memory_bytes += set.memory_bytes();
    }
    if (std::ranges::find(kinds, ScenarioKind::refresh) != kinds.end()) {
        REQUIRE(sign_users_in(settings, target, clock, stop, progress, prepared));
    }
    prepared.factory = [&settings, kinds, requests](const PreparedScenario& from,
                                                    unsigned thread) -> Made {
        if (settings.mix.empty()) {
            return make_one(kinds.front(), settings, requests.front(), from, thread);
        }
        std::vector<Mix::Part> parts;
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            parts.push_back(
                {make_one(kinds[i], settings, requests[i], from, thread), settings.mix[i].weight});
        }
        return std::make_unique<Mix>(std::move(parts), thread + 1);
    };
    return prepared;
}

}  // namespace sluice::loadgen
