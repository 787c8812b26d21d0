#include "resource/decision/own_tasks.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "crypto/digest.h"

namespace sluice::resource {
namespace {

constexpr Duration kept_at_least = std::chrono::hours{1};

}  // namespace

std::uint64_t OwnTasks::hash_of(std::string_view task_id) {
    const crypto::Digest digest = crypto::sha256(task_id);
    std::uint64_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

void OwnTasks::note(const CallerKey& caller, std::uint64_t task, MonotonicTime now) {
    if (tasks_.size() >= callers_max && !tasks_.contains(caller)) {
        std::erase_if(
            tasks_, [now](const auto& entry) { return entry.second.noted + kept_at_least < now; });
        if (tasks_.size() >= callers_max) return;
    }
    Tasks& tasks = tasks_[caller];
    tasks.noted = now;
    if (std::ranges::find(tasks.hashes, task) != tasks.hashes.end()) return;
    if (tasks.hashes.size() == of_caller_max) tasks.hashes.erase(tasks.hashes.begin());
    tasks.hashes.push_back(task);
}

std::vector<std::uint64_t> OwnTasks::of(const CallerKey& caller) const {
    const auto known = tasks_.find(caller);
    return known == tasks_.end() ? std::vector<std::uint64_t>() : known->second.hashes;
}

}  // namespace sluice::resource
