// Client table of a registry: one block of memory for each client, found through a hash index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/huge_pages.h"
#include "friction/client_index.h"
#include "friction/client_key.h"
#include "friction/controller.h"
#include "friction/key_hash.h"

namespace sluice::friction {

/// A call of a known client touches a line of the index and the client's own block, and nobody
/// else's: with a million clients, cache misses are all the cost there is. Blocks never move; one
/// that is erased is used again.
class ClientTable {
public:
    using Slot = ClientIndex::Slot;  // a client's number while it is held
    static constexpr Slot none = ClientIndex::none;

    ClientTable(const FrictionConfig& config, HashKey hash_key);
    ClientTable(const ClientTable&) = delete;
    ClientTable& operator=(const ClientTable&) = delete;
    ~ClientTable();

    std::size_t size() const { return index_.size(); }

    std::uint64_t hash_of(std::string_view key) const { return hasher_(key); }

    /// The client `key`, whose hash is given; or none. Does not count as a use.
    Slot find(std::uint64_t hash, std::string_view key) const {
        return index_.find(hash, [&](Slot slot) {
            prefetch_block(slot);
            return client(slot).key == key;
        });
    }

    // Two steps towards find(), each of which starts to fetch what the next one reads.
    void prefetch_index(std::uint64_t hash) const { index_.prefetch(hash); }
    void prefetch_client(std::uint64_t hash) const {
        const Slot slot = index_.find(hash, [](Slot) { return true; });
        if (slot != none) prefetch_block(slot);
    }

    Controller& controller(Slot slot) { return client(slot).controller; }
    const Controller& controller(Slot slot) const { return client(slot).controller; }
    std::string_view key(Slot slot) const { return client(slot).key.text(); }

    /// Counts a use.
    void touch(Slot slot) { client(slot).used_at = ++uses_; }

    /// A client whose controller is new; `key` must not be held yet.
    Slot insert(std::uint64_t hash, std::string_view key);
    void erase(Slot slot);

    /// Whose turn it is to make room: of the next `candidates` clients in turn the one used longest
    /// ago, so that no order of all has to be written down at every call. Only where no place is
    /// free.
    Slot next_to_go();

    static constexpr Slot candidates = 64;

private:
    struct Client {
        explicit Client(const FrictionConfig& config, std::byte* cells)
            : controller(config, cells) {}
        ClientKey key;
        std::uint32_t used_at = 0;  // on the count of uses, which may begin anew
        Controller controller;
    };

    static constexpr std::size_t line = 64;
    static constexpr std::size_t prefetched_max = 16 * line;

    std::byte* block(Slot slot) const {
        return chunks_[slot >> chunk_bits_].data() +
               (slot & ((Slot{1} << chunk_bits_) - 1)) * block_size_;
    }
    Client& client(Slot slot) const { return *reinterpret_cast<Client*>(block(slot)); }
    void prefetch_block(Slot slot) const {
        const std::byte* const start = block(slot);
        for (std::size_t at = 0; at < prefetched_; at += line) __builtin_prefetch(start + at, 1);
    }
    Slot add_slot();

    const FrictionConfig* config_;
    KeyHasher hasher_;
    ClientIndex index_;
    std::vector<HugePages> chunks_;
    std::size_t block_size_;
    std::size_t prefetched_;  // bytes at the front of a block
    unsigned chunk_bits_;     // blocks in a chunk
    Slot slots_ = 0;          // ever held: their clients are constructed
    Slot hand_ = 0;           // of next_to_go()
    std::uint32_t uses_ = 0;
    std::vector<Slot> free_;
    std::size_t long_keys_ = 0;
};

}  // namespace sluice::friction
