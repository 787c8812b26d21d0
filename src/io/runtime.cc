#include "io/runtime.h"

#include <pthread.h>
#include <sched.h>

#include <latch>
#include <utility>

#include "base/check.h"
#include "base/result.h"
#include "io/task_group.h"

namespace sluice::io {
namespace {

constexpr Duration wait_max = std::chrono::seconds{1};
constexpr Duration wait_max_when_done = std::chrono::milliseconds{5};

void pin_this_thread(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    // A container may forbid it; the shard then runs wherever the scheduler puts it.
    pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
}

Task<void> finish(const Runtime::Root& root, Shard& shard, Event& stop, bool& finished) {
    co_await root(shard, stop);
    finished = true;
}

}  // namespace

struct Runtime::StopMessage final : Message {
    explicit StopMessage(Shard& shard) : stop(shard) {}
    void deliver(Shard&) override { stop.set(); }
    Event stop;
};

std::vector<unsigned> usable_cores() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    std::vector<unsigned> usable;
    if (sched_getaffinity(0, sizeof cores, &cores) == 0) {
        for (unsigned core = 0; core < CPU_SETSIZE; ++core) {
            if (CPU_ISSET(core, &cores)) usable.push_back(core);
        }
    }
    if (usable.empty()) usable.push_back(0);
    return usable;
}

std::expected<std::unique_ptr<Runtime>, std::string> Runtime::create(
    unsigned shards, const KernelRing::Options& options, Clock& clock) {
    std::unique_ptr<Runtime> runtime(new Runtime);
    TRY(runtime->stop_waker_, Waker::create());
    if (shards == 0) shards = static_cast<unsigned>(usable_cores().size());
    std::vector<Shard*> peers;
    for (unsigned index = 0; index < shards; ++index) {
        auto ring = KernelRing::create(options);
        if (!ring) return std::unexpected(std::move(ring).error());
        runtime->rings_.push_back(ring->get());
        runtime->shards_.push_back(std::make_unique<Shard>(
            index, Shard::Parts{*std::move(ring), std::make_unique<SystemRandom>(), &clock}));
        runtime->stops_.push_back(std::make_unique<StopMessage>(*runtime->shards_.back()));
        peers.push_back(runtime->shards_.back().get());
    }
    for (auto& shard : runtime->shards_) shard->set_peers(peers);
    return runtime;
}

Runtime::~Runtime() {
    CHECK(threads_.empty(), "a runtime was dropped before join()");
}

void Runtime::start(Root root) {
    CHECK(threads_.empty() && root, "a runtime starts once");
    root_ = std::move(root);
    unfinished_ = count();
    const std::vector<unsigned> cores = usable_cores();
    // Nobody runs before every ring can be woken. Shared: whoever is last to wake still looks at
    // it.
    const auto adopted = std::make_shared<std::latch>(count() + 1);
    for (unsigned index = 0; index < count(); ++index) {
        threads_.emplace_back([this, index, core = cores[index % cores.size()], adopted] {
            pin_this_thread(core);
            rings_[index]->adopt_by_this_thread();
            adopted->arrive_and_wait();
            run(index, root_);
        });
    }
    adopted->arrive_and_wait();
}

void Runtime::run(unsigned index, const Root& root) {
    Shard& shard = *shards_[index];
    bool finished = false;
    TaskGroup group;
    group.spawn(finish(root, shard, stops_[index]->stop, finished));
    while (!finished) shard.turn(wait_max);
    CHECK(group.size() == 0);
    unfinished_.fetch_sub(1);
    // Others may still ask for what this shard owns.
    while (unfinished_.load() > 0) shard.turn(wait_max_when_done);
    shard.turn(Duration::zero());
}

void Runtime::request_stop() {
    if (std::exchange(stop_requested_, true)) return;
    for (unsigned index = 0; index < count(); ++index) {
        stop_waker_->send(*shards_[index], *stops_[index]);
    }
}

void Runtime::join() {
    threads_.clear();
    CHECK(unfinished_.load() == 0, "a thread ended before its root");
    for (const auto& shard : shards_) shard->deliver_messages();  // a stop that came too late
}

}  // namespace sluice::io
