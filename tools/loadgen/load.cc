#include "loadgen/load.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <thread>

namespace sluice::loadgen {
namespace {

using std::chrono::milliseconds;

constexpr Duration look_every = milliseconds{10};
constexpr Duration progress_every = milliseconds{250};

void pin_this_thread(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
}

WorkerPlan plan_for(const Load& load, unsigned index) {
    WorkerPlan plan = load.total;
    plan.connections = static_cast<unsigned>(share_of(load.total.connections, load.threads, index));
    plan.units = share_of(load.total.units, load.threads, index);
    plan.seed = load.total.seed + index;
    if (plan.rate) *plan.rate /= load.threads;
    return plan;
}

struct Thread {
    std::unique_ptr<Scenario> scenario;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<Worker> worker;
    std::expected<void, std::string> result;
    std::atomic<bool> finished = false;
    std::jthread thread;
};

LoadProgress progress_of(const std::vector<std::unique_ptr<Thread>>& threads) {
    LoadProgress progress;
    for (const auto& thread : threads) {
        LiveCounts& live = thread->recorder->live();
        progress.done += live.done.load(std::memory_order_relaxed);
        progress.failed += live.failed.load(std::memory_order_relaxed);
        progress.open_streams += live.open_streams.load(std::memory_order_relaxed);
    }
    return progress;
}

/// Tells the observer of what happens until every thread has finished.
void watch(const std::vector<std::unique_ptr<Thread>>& threads, MonotonicTime from,
           MonotonicTime until, Clock& clock, LoadObserver& observer) {
    bool began = false;
    bool ended = false;
    MonotonicTime next_progress = clock.monotonic() + progress_every;
    const auto finished = [](const auto& thread) { return thread->finished.load(); };
    while (!std::ranges::all_of(threads, finished)) {
        const MonotonicTime now = clock.monotonic();
        if (!began && now >= from) observer.on_measure_begin(), began = true;
        if (!ended && now >= until) observer.on_measure_end(), ended = true;
        if (now >= next_progress) {
            LoadProgress progress = progress_of(threads);
            progress.elapsed = now - from;
            observer.on_progress(progress);
            next_progress = now + progress_every;
        }
        MonotonicTime wake = now + look_every;
        if (!began) wake = std::min(wake, from);
        if (!ended) wake = std::min(wake, std::max(until, now));
        std::this_thread::sleep_until(wake);
    }
    if (!began) observer.on_measure_begin();
    if (!ended) observer.on_measure_end();
}

}  // namespace

std::uint64_t share_of(std::uint64_t total, unsigned threads, unsigned index) {
    return total / threads + (index < total % threads ? 1 : 0);
}

std::expected<LoadResult, std::string> run_load(const Load& load, Clock& clock,
                                                const std::atomic<bool>& stop,
                                                LoadObserver& observer) {
    std::vector<std::unique_ptr<Thread>> threads;
    for (unsigned index = 0; index < load.threads; ++index) {
        auto thread = std::make_unique<Thread>();
        thread->scenario = load.make_scenario(index);
        thread->recorder = std::make_unique<Recorder>(thread->scenario->operations().size());
        thread->worker = std::make_unique<Worker>(plan_for(load, index), *thread->scenario,
                                                  *thread->recorder, clock, stop);
        threads.push_back(std::move(thread));
    }
    const MonotonicTime begin = clock.monotonic() + milliseconds{5};  // for the threads to start
    for (unsigned index = 0; index < load.threads; ++index) {
        threads[index]->thread = std::jthread([&load, &thread = *threads[index], index, begin] {
            if (!load.cores.empty()) pin_this_thread(load.cores[index % load.cores.size()]);
            thread.result = thread.worker->run(begin);
            thread.finished = true;
        });
    }
    const MonotonicTime from = begin + load.total.warm_up;
    const bool timed = load.total.duration > Duration::zero();
    const MonotonicTime until = timed ? from + load.total.duration : MonotonicTime::max();
    watch(threads, from, until, clock, observer);

    LoadResult result;
    for (const auto& thread : threads) {
        thread->thread.join();
        if (!thread->result) return std::unexpected(thread->result.error());
        result.counts.add(thread->recorder->finish());
    }
    const auto names = threads.front()->scenario->operations();
    result.operations.assign(names.begin(), names.end());
    result.measured = load.total.duration;
    if (!timed || stop) result.measured = std::max(result.counts.last_end - from, Duration{1});
    return result;
}

}  // namespace sluice::loadgen
