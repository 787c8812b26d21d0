// Looking through all grants, and ending some.
#include "oauth/grants/end_grants.h"

#include <algorithm>
#include <iterator>

#include "base/result.h"
#include "io/task_group.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

// So many parts that each is read in less time than a statement may take, with ten million grants.
constexpr std::uint64_t parts = 16;
constexpr std::size_t revoked_at_once = 64;

storage::TagRange part_of_all(std::uint64_t number) {
    constexpr std::uint64_t width = (token::GrantTag::value_max + 1) / parts;
    return {number * width, (number + 1) * width - 1};
}

io::Task<void> revoke_one(const RevokeGrant& revoke, token::GrantTag tag,
                          storage::StoreResult<>& result) {
    const storage::StoreResult<> revoked = co_await revoke(tag);
    if (!revoked) result = revoked;
}

}  // namespace

io::Task<storage::StoreResult<std::vector<storage::StoredGrant>>> find_grants(
    storage::Store& store, storage::GrantFilter filter) {
    std::vector<storage::StoredGrant> all;
    for (std::uint64_t number = 0; number < parts; ++number) {
        CO_TRY(auto found, co_await store.find_grants(filter, part_of_all(number)));
        std::ranges::move(found, std::back_inserter(all));
    }
    co_return all;
}

io::Task<storage::StoreResult<std::size_t>> end_grants(storage::Store& store,
                                                       storage::GrantFilter filter,
                                                       const RevokeGrant& revoke) {
    std::size_t ended = 0;
    for (std::uint64_t number = 0; number < parts; ++number) {
        CO_TRY(const auto found, co_await store.find_grants(filter, part_of_all(number)));
        for (std::size_t begin = 0; begin < found.size(); begin += revoked_at_once) {
            const std::size_t end = std::min(found.size(), begin + revoked_at_once);
            storage::StoreResult<> result;
            io::TaskGroup group;
            for (std::size_t i = begin; i < end; ++i) {
                group.spawn(revoke_one(revoke, found[i].tag, result));
            }
            co_await group.join();
            if (!result) co_return failure(result.error());
        }
        ended += found.size();
    }
    co_return ended;
}

io::Task<storage::StoreResult<std::size_t>> end_grants(ShardState& state,
                                                       storage::GrantFilter filter) {
    const RevokeGrant revoke = [&state](token::GrantTag tag) {
        return [](ShardState& from, token::GrantTag of) -> io::Task<storage::StoreResult<>> {
            co_return co_await from.peers.run(
                from.shard, from.owner_of(of),
                [of](ShardState& owner) { return owner.tokens.revoke(of, std::nullopt); });
        }(state, tag);
    };
    co_return co_await end_grants(state.store, filter, revoke);
}

}  // namespace sluice::oauth
