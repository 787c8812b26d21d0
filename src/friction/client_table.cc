// Blocks for clients, and whose turn it is to make room.
#include "friction/client_table.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/check.h"

namespace sluice::friction {
namespace {

// Large enough that what huge pages round up is little, and only taken as it is used.
constexpr std::size_t chunk_bytes_min = std::size_t{16} << 20;

}  // namespace

ClientTable::ClientTable(const FrictionConfig& config, HashKey hash_key)
    : config_(&config), hasher_(hash_key) {
    const std::size_t bytes = sizeof(Client) + Controller::cells_size(config);
    block_size_ = (bytes + line - 1) / line * line;
    prefetched_ = std::min(sizeof(Client) + Controller::hot_cells_size(config), prefetched_max);
    chunk_bits_ = static_cast<unsigned>(std::bit_width((chunk_bytes_min - 1) / block_size_));
    CHECK(block_size_ << chunk_bits_ >= chunk_bytes_min);
}

ClientTable::~ClientTable() {
    if (long_keys_ == 0) return;
    for (Slot slot = 0; slot < slots_; ++slot) client(slot).key.clear();
}

ClientTable::Slot ClientTable::insert(std::uint64_t hash, std::string_view key) {
    Slot slot = none;
    if (free_.empty()) {
        slot = add_slot();
    } else {
        slot = free_.back();
        free_.pop_back();
        client(slot).controller.reset();
    }
    client(slot).key.assign(key);
    touch(slot);
    long_keys_ += client(slot).key.is_long() ? 1 : 0;
    index_.insert(hash, slot);
    CHECK(index_.size() + free_.size() == slots_);
    return slot;
}

void ClientTable::erase(Slot slot) {
    CHECK(slot < slots_);
    ClientKey& key = client(slot).key;
    index_.erase(hash_of(key.text()), slot);
    CHECK(!key.is_long() || long_keys_ > 0);
    long_keys_ -= key.is_long() ? 1 : 0;
    key.clear();
    free_.push_back(slot);
    CHECK(index_.size() + free_.size() == slots_);
}

ClientTable::Slot ClientTable::add_slot() {
    const Slot slot = slots_;
    CHECK(slot < none - 1);
    if (slot >> chunk_bits_ == chunks_.size()) {
        const std::size_t small = chunks_.empty() ? HugePages::huge_page : 0;
        chunks_.emplace_back(block_size_ << chunk_bits_, small);
    }
    ++slots_;
    new (block(slot)) Client(*config_, block(slot) + sizeof(Client));
    return slot;
}

ClientTable::Slot ClientTable::next_to_go() {
    CHECK(slots_ > 0 && free_.empty());
    const Slot count = std::min(candidates, slots_);
    const auto candidate = [&](Slot i) { return (hand_ + i) % slots_; };
    for (Slot i = 0; i < count; ++i) __builtin_prefetch(block(candidate(i)));
    Slot oldest = hand_;
    for (Slot i = 1; i < count; ++i) {
        const Slot slot = candidate(i);
        if (uses_ - client(slot).used_at > uses_ - client(oldest).used_at) oldest = slot;
    }
    hand_ = candidate(count);
    CHECK(oldest < slots_ && hand_ < slots_);
    return oldest;
}

}  // namespace sluice::friction
