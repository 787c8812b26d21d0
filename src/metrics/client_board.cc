// Keeping the board.
#include "metrics/client_board.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/check.h"

namespace sluice::metrics {
namespace {

constexpr std::size_t candidates = 8;

void write_key(std::string& out, std::size_t resource, std::string_view client_id,
               std::string_view subject) {
    out.clear();
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}:{}:"), resource, client_id.size());
    out.append(client_id).append(subject);
}

/// At most `bytes_max` bytes, and no character cut in two.
std::string_view shortened(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

}  // namespace

void BoardEntry::merge(const BoardEntry& other) {
    std::ranges::transform(calls, other.calls, calls.begin(), std::plus{});
    if (other.seen > seen) {
        seen = other.seen;
        friction = other.friction;
    }
    if (other.reason_at > reason_at) {
        reason = other.reason;
        reason_tool = other.reason_tool;
        reason_at = other.reason_at;
    }
}

std::string ClientBoard::key(std::size_t resource, std::string_view client_id,
                             std::string_view subject) {
    std::string key;
    write_key(key, resource, client_id, subject);
    return key;
}

BoardEntry& ClientBoard::entry_of(const resource::ToolCallEvent& call) {
    write_key(key_, call.resource, call.client_id, call.subject);
    if (const auto known = places_.find(key_); known != places_.end()) {
        return entries_[known->second];
    }
    if (entries_.size() < entries_max) {
        places_.emplace(key_, entries_.size());
        return entries_.emplace_back();
    }
    std::size_t least = hand_;
    for (std::size_t i = 1; i < candidates; ++i) {
        const std::size_t at = (hand_ + i) % entries_max;
        if (entries_[at].friction < entries_[least].friction) least = at;
    }
    hand_ = (hand_ + candidates) % entries_max;
    BoardEntry& entry = entries_[least];
    CHECK(places_.erase(key(entry.resource, entry.client_id, entry.subject)) == 1);
    places_.emplace(key_, least);
    CHECK(places_.size() == entries_.size() && entries_.size() <= entries_max);
    entry = BoardEntry{};
    return entry;
}

void ClientBoard::note(const resource::ToolCallEvent& call, MonotonicTime now) {
    BoardEntry& entry = entry_of(call);
    if (entry.client_id.empty()) {
        entry.resource = call.resource;
        entry.client_id = call.client_id;
        entry.subject = call.subject;
    }
    ++entry.calls[static_cast<std::size_t>(call.outcome)];
    entry.friction = call.decision.friction;
    entry.seen = now;
    if (call.justification.empty()) return;
    entry.reason = shortened(call.justification, reason_bytes_max);
    entry.reason_tool = call.tool_name;
    entry.reason_at = now;
}

void ClientBoard::forget(std::size_t resource, std::string_view client_id,
                         std::string_view subject) {
    const auto known = places_.find(key(resource, client_id, subject));
    if (known == places_.end()) return;
    const std::size_t place = known->second;
    places_.erase(known);
    if (place + 1 != entries_.size()) {
        entries_[place] = std::move(entries_.back());
        const BoardEntry& moved = entries_[place];
        places_[key(moved.resource, moved.client_id, moved.subject)] = place;
    }
    entries_.pop_back();
    CHECK(places_.size() == entries_.size());
}

std::vector<BoardEntry> ClientBoard::top(std::size_t resources, std::size_t each_max,
                                         MonotonicTime now) const {
    std::vector<std::vector<const BoardEntry*>> by_resource(resources);
    for (const BoardEntry& entry : entries_) {
        CHECK(entry.resource < resources, "a resource of other settings");
        if (now - entry.seen <= Duration(memory)) by_resource[entry.resource].push_back(&entry);
    }
    std::vector<BoardEntry> top;
    for (auto& entries : by_resource) {
        std::ranges::sort(entries, std::ranges::greater{}, &BoardEntry::friction);
        if (entries.size() > each_max) entries.resize(each_max);
        for (const BoardEntry* entry : entries) top.push_back(*entry);
    }
    return top;
}

}  // namespace sluice::metrics
