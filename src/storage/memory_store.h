// In-memory engine: keeps everything in the process, and loses it when that ends.
#pragma once

#include <memory>

#include "base/random.h"
#include "io/sharded.h"
#include "storage/memory_documents.h"
#include "storage/store.h"

namespace sluice::storage {

class MemoryStore;

/// Documents are on the shard that their key names. Tokens are in the shards' working sets alone,
/// which forget none of them: this engine has nothing to do about those, and suspends for documents
/// of other shards only.
class MemoryEngine final : public Engine {
public:
    explicit MemoryEngine(Random& random) : hash_seed_(random.next_u64()) {}
    std::unique_ptr<Store> open(io::Shard& shard) override;

private:
    std::uint64_t hash_seed_;
    io::Sharded<MemoryStore> stores_;
};

}  // namespace sluice::storage
