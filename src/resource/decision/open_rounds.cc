#include "resource/decision/open_rounds.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>

namespace sluice::resource {
namespace {

// For as long as a person may think; clients give up earlier.
constexpr Duration patience_max = std::chrono::minutes{10};

/// No name of a tool holds a NUL.
crypto::Digest digest_of(std::string_view tool, std::string_view state) {
    std::string text(tool);
    text += '\0';
    text += state;
    return crypto::sha256(text);
}

}  // namespace

void OpenRounds::open(const CallerKey& caller, std::string_view tool, std::string_view state,
                      MonotonicTime now) {
    if (rounds_.size() >= callers_max && !rounds_.contains(caller)) {
        forget_expired(now);
        if (rounds_.size() >= callers_max) return;
    }
    std::vector<Round>& of_caller = rounds_[caller];
    if (of_caller.size() == of_caller_max) of_caller.erase(of_caller.begin());
    of_caller.push_back({digest_of(tool, state), now + patience_max});
}

bool OpenRounds::close(const CallerKey& caller, std::string_view tool, std::string_view state,
                       MonotonicTime now) {
    const auto known = rounds_.find(caller);
    if (known == rounds_.end()) return false;
    std::vector<Round>& of_caller = known->second;
    const auto round = std::ranges::find(of_caller, digest_of(tool, state), &Round::what);
    if (round == of_caller.end()) return false;
    const bool open = round->until > now;
    of_caller.erase(round);
    if (of_caller.empty()) rounds_.erase(known);
    return open;
}

void OpenRounds::forget_expired(MonotonicTime now) {
    for (auto entry = rounds_.begin(); entry != rounds_.end();) {
        std::erase_if(entry->second, [now](const Round& round) { return round.until <= now; });
        entry = entry->second.empty() ? rounds_.erase(entry) : std::next(entry);
    }
}

}  // namespace sluice::resource
