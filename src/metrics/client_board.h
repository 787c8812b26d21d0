// Top clients by friction, by name: for people who look, never for a decision.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "metrics/resource_numbers.h"
#include "resource/observer.h"
#include "storage/text_hash.h"

namespace sluice::metrics {

struct BoardEntry {
    std::size_t resource = 0;
    std::string client_id;
    std::string subject;
    std::array<std::uint64_t, call_outcomes> calls{};  // under friction, by resource::CallOutcome
    double friction = 0;                               // that its last call under friction met
    MonotonicTime seen{};
    std::string reason;  // the last one given, cut to a readable length
    std::string reason_tool;
    MonotonicTime reason_at{};

    /// The same client's entry of another shard.
    void merge(const BoardEntry& other);
};

/// Bounded: past its size a new client takes the place of the one of a few that met the least
/// friction. Belongs to one shard; holds the calls that this shard served.
class ClientBoard {
public:
    static constexpr std::size_t entries_max = 1024;
    static constexpr std::size_t reason_bytes_max = 300;
    static constexpr Seconds memory{3600};  // clients silent for longer are not shown

    explicit ClientBoard(std::uint64_t hash_seed) : places_(0, storage::TextHash{hash_seed}) {}

    void note(const resource::ToolCallEvent& call, MonotonicTime now);
    void forget(std::size_t resource, std::string_view client_id, std::string_view subject);
    /// Of each resource the `each_max` entries with the most friction.
    std::vector<BoardEntry> top(std::size_t resources, std::size_t each_max,
                                MonotonicTime now) const;
    std::size_t size() const { return entries_.size(); }

    /// What an entry is known by.
    static std::string key(std::size_t resource, std::string_view client_id,
                           std::string_view subject);

private:
    BoardEntry& entry_of(const resource::ToolCallEvent& call);

    std::unordered_map<std::string, std::size_t, storage::TextHash, std::equal_to<>> places_;
    std::vector<BoardEntry> entries_;
    std::size_t hand_ = 0;  // whose turn it is to make room
    std::string key_;       // reused
};

}  // namespace sluice::metrics
