#include "storage/sqlite/sqlite_store.h"

#include <charconv>
#include <chrono>
#include <set>

#include "base/check.h"
#include "base/result.h"
#include "io/task_group.h"
#include "storage/sqlite/read_jobs.h"
#include "storage/sqlite/told_word.h"
#include "storage/sqlite/write_jobs.h"

namespace sluice::storage::sqlite {

using io::Task;

namespace {

constexpr Duration hearing_interval = std::chrono::milliseconds{250};
constexpr std::size_t told_page = 1000;
constexpr std::int64_t told_late_max = 10'000;  // ms: a transaction may wait for the write lock

}  // namespace

Task<void> SqliteStore::run(io::CancelScope& scope) {
    CHECK(!ending_, "a store runs once");
    const bool tells = shard_.index() == 0 && listener_ != nullptr;
    if (tells) health_.attach(shard_, *listener_);
    io::TaskGroup group;
    if (tells && !is_tool_) group.spawn(hear_tools(scope));
    io::Event never(shard_);
    co_await never.wait(&scope);
    co_await group.join();
    ending_ = true;
    if (under_way_ > 0) co_await idle_.wait();
    while (tells && !health_.detach()) co_await io::Sleep(shard_, std::chrono::milliseconds{1});
}

// Two processes may have the file open: a tool leaves word in it, in the transaction that it is
// about. Words are in the order of their times but for a wait for the write lock.
Task<void> SqliteStore::hear_tools(io::CancelScope& scope) {
    std::set<std::string> heard;
    std::string after;
    while (co_await io::Sleep(shard_, hearing_interval, &scope)) {
        std::string last = after;
        while (true) {
            List job(DocumentKind::told_revocation, last, told_page);
            if (!co_await read(job)) break;
            for (const StoredDocument& word : job.documents) {
                if (heard.insert(word.key).second) co_await tell_revoked(word.value);
            }
            if (job.documents.size() < told_page) break;
            last = job.documents.back().key;
        }
        if (heard.empty()) continue;
        after = std::max(after, word_before(*heard.rbegin(), told_late_max));
        heard.erase(heard.begin(), heard.upper_bound(after));
    }
}

Task<void> SqliteStore::tell_revoked(std::string_view tag_text) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(tag_text.data(), tag_text.data() + tag_text.size(), value);
    const bool whole = error == std::errc{} && end == tag_text.data() + tag_text.size();
    if (!whole || value > token::GrantTag::value_max) co_return;  // not one of ours
    const token::GrantTag tag(value);
    co_await stores_.call(shard_, tag.shard(stores_.count()), [tag](SqliteStore& owner) {
        if (owner.listener_ != nullptr) owner.listener_->on_revoked(tag);
    });
}

bool SqliteStore::Submit::await_suspend(std::coroutine_handle<> awaiting) {
    job.home = &store.shard_;
    job.awaiting = awaiting;
    ++store.under_way_;
    // Once it was taken, it may be answered on another thread before push() returns here.
    if (queue.push(job)) return true;
    accepted = false;
    return false;
}

StoreResult<> SqliteStore::Submit::await_resume() {
    CHECK(store.under_way_ > 0);
    if (--store.under_way_ == 0 && store.ending_) store.idle_.set();
    if (!accepted) return std::unexpected(StoreError::overloaded);
    if (!job.answered) return std::unexpected(StoreError::unavailable);
    return {};
}

// The jobs refer to what the caller gave, which lives as long as the awaited task.

Task<StoreResult<Outcome>> SqliteStore::add_grant(const NewTokens& tokens) {
    AddGrant job(tokens);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<Outcome>> SqliteStore::redeem(const DocumentKey& code, const Document& redeemed,
                                               const NewTokens& tokens) {
    Redeem job(code, redeemed, tokens);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<Outcome>> SqliteStore::rotate(const Replaced& replaced, const NewTokens& tokens) {
    Rotate job(replaced, tokens);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<Outcome>> SqliteStore::add_access(const NewTokens& tokens) {
    AddAccess job(tokens);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<>> SqliteStore::revoke(token::GrantTag tag) {
    Revoke job(tag, is_tool_);
    co_return co_await write(job);
}

Task<StoreResult<Family>> SqliteStore::load(const TokenKey& presented) {
    Load job(presented.tag);
    CO_REQUIRE(co_await read(job));
    co_return std::move(job.family);
}

Task<StoreResult<std::vector<StoredGrant>>> SqliteStore::find_grants(const GrantFilter& filter,
                                                                     TagRange part) {
    FindGrants job(filter, part);
    CO_REQUIRE(co_await read(job));
    co_return grants_of(std::move(job.rows));
}

Task<StoreResult<Outcome>> SqliteStore::put(const Document& document, PutMode mode) {
    Put job(document, mode);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<std::optional<std::string>>> SqliteStore::get(const DocumentKey& key) {
    Get job(key);
    CO_REQUIRE(co_await read(job));
    co_return std::move(job.value);
}

Task<StoreResult<Outcome>> SqliteStore::erase(const DocumentKey& key) {
    Erase job(key);
    CO_REQUIRE(co_await write(job));
    co_return job.outcome;
}

Task<StoreResult<std::vector<StoredDocument>>> SqliteStore::list(DocumentKind kind,
                                                                 std::string_view after,
                                                                 std::size_t count_max) {
    List job(kind, after, count_max);
    CO_REQUIRE(co_await read(job));
    co_return std::move(job.documents);
}

}  // namespace sluice::storage::sqlite
