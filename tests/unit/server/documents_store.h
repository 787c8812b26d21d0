// A store of documents alone, in a map, for the parts of the server that keep something: it can be
// away, and count what is asked.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/check.h"
#include "storage/store.h"

namespace sluice::server::testing {

class DocumentsStore final : public storage::Store {
public:
    using Kind = storage::DocumentKind;
    std::map<std::pair<Kind, std::string>, std::string> documents;
    std::map<std::string, Duration> lifetimes;  // by key, of what was put last
    bool away = false;
    int writes = 0;
    int lose_next_race = 0;  // so many put(only_new) find that somebody was first
    std::string winner;      // what that somebody put

    io::Task<void> run(io::CancelScope&) override { co_return; }
    void listen(storage::StoreListener&) override {}
    storage::StoreState state() const override {
        return away ? storage::StoreState::away : storage::StoreState::available;
    }
    bool keeps_nothing() const override { return false; }
    bool is_shared() const override { return false; }

    io::Task<storage::StoreResult<storage::Outcome>> add_grant(const storage::NewTokens&) override {
        CHECK(false);
    }
    io::Task<storage::StoreResult<storage::Outcome>> redeem(const storage::DocumentKey&,
                                                            const storage::Document&,
                                                            const storage::NewTokens&) override {
        CHECK(false);
    }
    io::Task<storage::StoreResult<storage::Outcome>> rotate(const storage::Replaced&,
                                                            const storage::NewTokens&) override {
        CHECK(false);
    }
    io::Task<storage::StoreResult<storage::Outcome>> add_access(
        const storage::NewTokens&) override {
        CHECK(false);
    }
    io::Task<storage::StoreResult<>> revoke(token::GrantTag) override { CHECK(false); }
    io::Task<storage::StoreResult<storage::Family>> load(const storage::TokenKey&) override {
        CHECK(false);
    }

    io::Task<storage::StoreResult<std::vector<storage::StoredGrant>>> find_grants(
        const storage::GrantFilter&, storage::TagRange) override {
        CHECK(false);
    }

    io::Task<storage::StoreResult<storage::Outcome>> put(const storage::Document& document,
                                                         storage::PutMode mode) override {
        if (away) co_return std::unexpected(storage::StoreError::unavailable);
        const std::pair key(document.kind, std::string(document.key));
        if (mode == storage::PutMode::only_new && lose_next_race > 0) {
            --lose_next_race;
            documents[key] = winner;
        }
        if (mode == storage::PutMode::only_new && documents.contains(key)) {
            co_return storage::Outcome::conflict;
        }
        ++writes;
        documents[key] = document.value;
        lifetimes[key.second] = document.lifetime;
        co_return storage::Outcome::done;
    }
    io::Task<storage::StoreResult<std::optional<std::string>>> get(
        const storage::DocumentKey& key) override {
        if (away) co_return std::unexpected(storage::StoreError::unavailable);
        const auto found = documents.find({key.kind, std::string(key.key)});
        if (found == documents.end()) co_return std::optional<std::string>();
        co_return std::optional<std::string>(found->second);
    }
    io::Task<storage::StoreResult<storage::Outcome>> erase(
        const storage::DocumentKey& key) override {
        if (away) co_return std::unexpected(storage::StoreError::unavailable);
        ++writes;
        co_return documents.erase({key.kind, std::string(key.key)}) > 0
            ? storage::Outcome::done
            : storage::Outcome::conflict;
    }
    io::Task<storage::StoreResult<std::vector<storage::StoredDocument>>> list(
        Kind kind, std::string_view after, std::size_t count_max) override {
        if (away) co_return std::unexpected(storage::StoreError::unavailable);
        std::vector<storage::StoredDocument> found;
        for (auto it = documents.upper_bound({kind, std::string(after)});
             it != documents.end() && it->first.first == kind && found.size() < count_max; ++it) {
            found.push_back({it->first.second, it->second});
        }
        co_return found;
    }
};

/// What a task gives that never waits.
template <class T>
T at_once(io::Task<T> task) {
    struct Run {
        static io::detail::Detached into(io::Task<T> of, std::optional<T>& to) {
            to.emplace(co_await std::move(of));
        }
    };
    std::optional<T> value;
    Run::into(std::move(task), value);
    CHECK(value.has_value(), "the task waits");
    return *std::move(value);
}

}  // namespace sluice::server::testing
