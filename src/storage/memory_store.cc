#include "storage/memory_store.h"

#include <algorithm>
#include <array>
#include <deque>

#include "io/event.h"

namespace sluice::storage {
namespace {

constexpr Duration sweep_interval = std::chrono::milliseconds{100};
constexpr std::size_t looks = 256;  // of each kind in one sweep

// Of each kind on a shard. Codes and sessions cost strangers or guests little to make.
constexpr std::size_t count_max_of(DocumentKind kind) {
    switch (kind) {
        case DocumentKind::authorization_code:
            return 200'000;
        case DocumentKind::session:
            return 500'000;
        default:
            return 1'000'000;
    }
}

}  // namespace

class MemoryStore final : public Store {
    MemoryDocuments& of(DocumentKind kind) { return documents_[static_cast<std::size_t>(kind)]; }

    // On the shard of `key`.
    template <class Function>
    auto at_owner(std::string_view key, Function function) {
        const std::uint64_t hash = TextHash{hash_seed_}(key);
        return peers_.call(shard_, static_cast<unsigned>(hash % peers_.count()), function);
    }

public:
    MemoryStore(io::Shard& shard, const io::Sharded<MemoryStore>& peers, std::uint64_t hash_seed)
        : shard_(shard), peers_(peers), hash_seed_(hash_seed) {
        for (std::size_t kind = 0; kind < document_kinds; ++kind) {
            documents_.emplace_back(hash_seed, count_max_of(static_cast<DocumentKind>(kind)));
        }
    }

    io::Task<void> run(io::CancelScope& scope) override {
        while (co_await io::Sleep(shard_, sweep_interval, &scope)) {
            for (MemoryDocuments& documents : documents_) documents.sweep(shard_.now(), looks);
        }
    }
    void listen(StoreListener&) override {}
    StoreState state() const override { return StoreState::available; }
    bool keeps_nothing() const override { return true; }
    bool is_shared() const override { return false; }

    io::Task<StoreResult<Outcome>> add_grant(const NewTokens&) override { co_return Outcome::done; }
    io::Task<StoreResult<Outcome>> redeem(const DocumentKey& code, const Document& redeemed,
                                          const NewTokens&) override {
        CHECK(code.key == redeemed.key, "they would be on two shards");
        co_return co_await at_owner(code.key, [&](MemoryStore& owner) {
            const MonotonicTime now = owner.shard_.now();
            if (!owner.of(code.kind).erase(code.key, now)) return Outcome::conflict;
            owner.of(redeemed.kind).put(redeemed.key, redeemed.value, redeemed.lifetime, now);
            return Outcome::done;
        });
    }
    io::Task<StoreResult<Outcome>> rotate(const Replaced&, const NewTokens&) override {
        co_return Outcome::done;
    }
    io::Task<StoreResult<Outcome>> add_access(const NewTokens&) override {
        co_return Outcome::done;
    }
    io::Task<StoreResult<>> revoke(token::GrantTag) override { co_return StoreResult<>(); }
    io::Task<StoreResult<Family>> load(const TokenKey&) override { co_return Family(); }
    io::Task<StoreResult<std::vector<StoredGrant>>> find_grants(const GrantFilter&,
                                                                TagRange) override {
        co_return std::vector<StoredGrant>();
    }

    io::Task<StoreResult<Outcome>> put(const Document& document, PutMode mode) override {
        co_return co_await at_owner(document.key, [&](MemoryStore& owner) {
            MemoryDocuments& documents = owner.of(document.kind);
            const MonotonicTime now = owner.shard_.now();
            if (mode == PutMode::only_new && documents.find(document.key, now) != nullptr) {
                return Outcome::conflict;
            }
            documents.put(document.key, document.value, document.lifetime, now);
            return Outcome::done;
        });
    }
    io::Task<StoreResult<std::optional<std::string>>> get(const DocumentKey& key) override {
        co_return co_await at_owner(key.key, [&](MemoryStore& owner) -> std::optional<std::string> {
            const std::string* found = owner.of(key.kind).find(key.key, owner.shard_.now());
            if (found == nullptr) return std::nullopt;
            return *found;
        });
    }
    io::Task<StoreResult<Outcome>> erase(const DocumentKey& key) override {
        co_return co_await at_owner(key.key, [&](MemoryStore& owner) {
            return owner.of(key.kind).erase(key.key, owner.shard_.now()) ? Outcome::done
                                                                         : Outcome::conflict;
        });
    }
    io::Task<StoreResult<std::vector<StoredDocument>>> list(DocumentKind kind,
                                                            std::string_view after,
                                                            std::size_t count_max) override {
        std::vector<StoredDocument> all;
        for (unsigned owner = 0; owner < peers_.count(); ++owner) {
            co_await peers_.call(shard_, owner, [&](MemoryStore& there) {
                there.of(kind).for_each(there.shard_.now(),
                                        [&](const std::string& key, const std::string& value) {
                                            if (key > after) all.push_back({key, value});
                                        });
            });
        }
        std::ranges::sort(all, {}, &StoredDocument::key);
        if (all.size() > count_max) all.resize(count_max);
        co_return all;
    }

private:
    io::Shard& shard_;
    const io::Sharded<MemoryStore>& peers_;
    std::uint64_t hash_seed_;
    std::deque<MemoryDocuments> documents_;  // by kind
};

std::unique_ptr<Store> MemoryEngine::open(io::Shard& shard) {
    auto store = std::make_unique<MemoryStore>(shard, stores_, hash_seed_);
    stores_.set(shard.index(), *store);
    return store;
}

}  // namespace sluice::storage
