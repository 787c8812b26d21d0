#include "tests/support/simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <numeric>

#include "base/check.h"

namespace sluice::simulation {
namespace {

// Rounds of turns without time passing: more means that somebody spins.
constexpr unsigned rounds_max = 200'000;

// What a failed CHECK of the code under test must still be able to name.
char abort_note[64];
std::size_t abort_note_size = 0;

void say_seed(int) {
    if (write(STDERR_FILENO, abort_note, abort_note_size) < 0) _exit(1);
    std::signal(SIGABRT, SIG_DFL);
}

void name_seed_on_abort(std::uint64_t seed) {
    const auto end = fmt::format_to_n(abort_note, sizeof abort_note, "simulation seed {}\n", seed);
    abort_note_size = std::min(end.size, sizeof abort_note);
    std::signal(SIGABRT, say_seed);
}

}  // namespace

/// A root or a client from its start to its end.
struct Simulation::Running {
    struct Detached {
        struct promise_type {
            Detached get_return_object() { return {}; }
            std::suspend_never initial_suspend() const noexcept { return {}; }
            std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
            void unhandled_exception() const noexcept { std::abort(); }
        };
    };
    static Detached run(Running& self, io::Task<void> task) {
        {
            io::Task<void> owner = std::move(task);
            co_await std::move(owner);
        }
        self.ended = true;
    }

    Root root;
    Client client;
    bool ended = false;
};

Simulation::Simulation(std::uint64_t seed, unsigned shards, Options options)
    : seed_(seed),
      names_seed_(__FILE__, __LINE__, fmt::format("simulation seed {}", seed)),
      options_(options),
      dice_(seed),
      started_(clock_.monotonic()),
      network_(dice_.next()),
      shards_(shards) {
    name_seed_on_abort(seed);
    for (unsigned i = 0; i < shards; ++i) add_member(i);
    for (unsigned i = 0; i < options.client_shards; ++i) add_member(0);
    std::vector<io::Shard*> servers;
    for (unsigned i = 0; i < shards; ++i) servers.push_back(members_[i]->shard.get());
    for (io::Shard* shard : servers) shard->set_peers(servers);
    for (unsigned i = 0; i < options.client_shards; ++i) {
        io::Shard* const alone = &client_shard(i);
        alone->set_peers(std::span(&alone, 1));
    }
}

Simulation::~Simulation() {
    if (!failed_) return;
    // Coroutines are left in the middle of things: better kept for ever than destroyed with a
    // second failure that hides the first.
    static auto& members_left = *new std::vector<std::unique_ptr<Member>>;
    static auto& running_left = *new std::vector<std::unique_ptr<Running>>;
    std::ranges::move(members_, std::back_inserter(members_left));
    std::ranges::move(roots_, std::back_inserter(running_left));
    std::ranges::move(clients_, std::back_inserter(running_left));
}

void Simulation::add_member(unsigned index) {
    auto member = std::make_unique<Member>();
    const FaultRing::Options ring_options{.rates = options_.faults,
                                          .buffers = options_.buffers,
                                          .buffer_bytes = options_.buffer_bytes};
    auto ring = std::make_unique<FaultRing>(network_, clock_, dice_.next(), ring_options);
    member->ring = ring.get();
    member->shard = std::make_unique<io::Shard>(
        index,
        io::Shard::Parts{std::move(ring), std::make_unique<SeededRandom>(dice_.next()), &clock_});
    member->stop = std::make_unique<io::Event>(*member->shard);
    members_.push_back(std::move(member));
}

void Simulation::start(Root root) {
    for (unsigned i = 0; i < shards_; ++i) {
        roots_.push_back(std::make_unique<Running>());
        Running& running = *roots_.back();
        running.root = root;
        Running::run(running, running.root(*members_[i]->shard, *members_[i]->stop));
    }
}

void Simulation::start_client(Client client, unsigned on) {
    clients_.push_back(std::make_unique<Running>());
    Running& running = *clients_.back();
    running.client = std::move(client);
    Running::run(running, running.client(client_shard(on)));
}

void Simulation::request_stop() {
    for (unsigned i = 0; i < shards_; ++i) members_[i]->stop->set();
}

void Simulation::set_rates(FaultRates rates) {
    for (auto& member : members_) member->ring->set_rates(rates);
}

bool Simulation::run() {
    const auto ended = [](const auto& all) {
        return std::ranges::all_of(all, [](const auto& one) { return one->ended; });
    };
    if (!run_until([&] { return ended(clients_); })) return false;
    if (!clients_.empty()) request_stop();
    if (!run_until([&] { return ended(roots_); })) return false;
    // What the last of them asked for, and messages that nobody waits for.
    for (int i = 0; i < 3; ++i) turn_all();
    return check_leaks();
}

bool Simulation::run_until(const std::function<bool()>& done) {
    unsigned rounds = 0;
    bool time_passed = true;
    while (!done()) {
        const bool worked = turn_all();
        if (worked && ++rounds > rounds_max) return fail("the shards spin");
        // After the clock moved, the first turn only finds out what is due.
        if (!worked && !std::exchange(time_passed, false)) {
            if (!let_time_pass()) return false;
            time_passed = true;
            rounds = 0;
        }
    }
    return true;
}

/// One turn of every shard, in an order of chance. False where none had anything to do.
bool Simulation::turn_all() {
    std::vector<unsigned> order(members_.size());
    std::iota(order.begin(), order.end(), 0u);
    dice_.shuffle(std::span(order));
    const Duration left = std::max(options_.time_max - elapsed(), Duration{1});
    for (const unsigned index : order) members_[index]->shard->turn(left);
    return std::ranges::any_of(members_, [](const auto& member) {
        return !member->ring->idle_for().has_value() || member->shard->has_messages();
    });
}

/// Moves the clock to when something may happen next.
bool Simulation::let_time_pass() {
    const MonotonicTime end = started_ + options_.time_max;
    MonotonicTime next = end;
    for (const auto& member : members_) {
        next = std::min(next, clock_.monotonic() + *member->ring->idle_for());
        if (const auto delayed = member->ring->next_delayed()) next = std::min(next, *delayed);
    }
    if (next >= end) {
        return fail("nothing can happen any more before the end of virtual time");
    }
    clock_.advance(std::max(next - clock_.monotonic(), Duration{1}));
    return true;
}

bool Simulation::check_leaks() {
    std::string report;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const std::string leaks = members_[i]->ring->leaks();
        if (!leaks.empty()) report += fmt::format("ring {}: {}", i, leaks);
        if (options_.timers_end && members_[i]->shard->timers().next_due()) {
            report += fmt::format("ring {}: a timer still runs; ", i);
        }
    }
    return report.empty() || fail(report);
}

bool Simulation::fail(const std::string& why) {
    failed_ = true;
    std::string state;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const FaultRing& ring = *members_[i]->ring;
        state += fmt::format(" [ring {}: {} in flight, {} buffers lent]", i, ring.in_flight(),
                             ring.buffers_lent());
    }
    ADD_FAILURE() << "at " << std::chrono::duration<double>(elapsed()).count() << " s: " << why
                  << state;
    return false;
}

namespace {

std::uint64_t variable(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

std::uint64_t seed_count(std::uint64_t usual) {
    return variable("SLUICE_SIM_SEED", 0) != 0 ? 1 : variable("SLUICE_SIM_SEEDS", usual);
}

Seeds seeds(std::uint64_t usual) {
    const std::uint64_t first = variable("SLUICE_SIM_SEED", 1);
    return {first, first + seed_count(usual)};
}

}  // namespace sluice::simulation
