// One box with one shard on a real PostgreSQL, turned by the test itself; two of them are a fleet.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/event.h"
#include "io/kernel_ring.h"
#include "io/task_group.h"
#include "storage/postgres/migrations.h"
#include "storage/postgres/postgres_engine.h"
#include "tests/support/postgres_server.h"

namespace sluice::storage::postgres {

struct Told final : StoreListener {
    void on_revoked(token::GrantTag tag) override { revoked.push_back(tag); }
    void on_trust(MonotonicTime until) override { trusted_until = until; }
    void on_gap() override { ++gaps; }
    void on_feed(bool follows, std::string_view detail) override {
        feed.push_back(follows);
        last_feed_detail = detail;
    }
    void on_state(StoreState state, std::string_view detail) override {
        states.push_back(state);
        last_detail = detail;
    }
    bool has_revoked(std::uint64_t tag) const {
        return std::ranges::find(revoked, token::GrantTag(tag)) != revoked.end();
    }

    std::vector<token::GrantTag> revoked;
    std::vector<StoreState> states;
    std::string last_detail;
    std::vector<bool> feed;
    std::string last_feed_detail;
    unsigned gaps = 0;
    MonotonicTime trusted_until;
};

class Box {
public:
    explicit Box(PostgresSettings settings) {
        auto made = io::KernelRing::create({.submissions = 64, .completions = 256, .buffers = 16});
        CHECK(made.has_value(), "no io_uring");
        (*made)->adopt_by_this_thread();
        shard_ = std::make_unique<io::Shard>(
            0, io::Shard::Parts{*std::move(made), std::make_unique<SystemRandom>(), &clock_});
        io::Shard* const alone = shard_.get();
        shard_->set_peers(std::span(&alone, 1));
        auto engine = PostgresEngine::create(std::move(settings), 1);
        CHECK(engine.has_value(), engine ? "" : engine.error());
        engine_ = *std::move(engine);
        store_ = engine_->open(*shard_);
        store_->listen(told);
        group_.spawn(store_->run(scope_));
    }
    ~Box() {
        scope_.cancel();
        turn_until([&] { return group_.size() == 0; });
        store_.reset();
    }

    Store& store() { return *store_; }
    io::Shard& shard() { return *shard_; }
    std::int64_t now() { return numeric_date(clock_.wall()); }

    void turn() { shard_->turn(std::chrono::milliseconds{1}); }
    /// False, with a test failure, where it does not happen within half a minute.
    bool turn_until(const std::function<bool()>& done) {
        const MonotonicTime end = clock_.monotonic() + std::chrono::seconds{30};
        while (!done()) {
            if (clock_.monotonic() > end) {
                ADD_FAILURE() << "it does not happen";
                return false;
            }
            shard_->turn(std::chrono::milliseconds{5});
        }
        return true;
    }
    bool wait_until_available() {
        return turn_until([&] { return store_->state() == StoreState::available; });
    }
    bool wait_until_trusted() {
        return turn_until([&] { return told.trusted_until > MonotonicTime{}; });
    }

    /// What a task gives, however long it takes.
    template <class T>
    T get(io::Task<T> task) {
        std::optional<T> value;
        io::TaskGroup group;
        group.spawn(put_value(std::move(task), &value));
        while (group.size() > 0) shard_->turn(std::chrono::milliseconds{5});
        return *std::move(value);
    }
    /// The same in words.
    std::string outcome(io::Task<StoreResult<Outcome>> task) {
        const StoreResult<Outcome> result = get(std::move(task));
        if (result) return *result == Outcome::done ? "done" : "conflict";
        return result.error() == StoreError::unavailable ? "unavailable" : "overloaded";
    }
    std::string put(std::string_view key, std::string_view value) {
        return outcome(store_->put({DocumentKind::client, key, value}, PutMode::replace));
    }

    template <class T>
    static io::Task<void> put_value(io::Task<T> task, std::optional<T>* value) {
        value->emplace(co_await std::move(task));
    }

    Told told;

private:
    SystemClock clock_;
    std::unique_ptr<io::Shard> shard_;
    std::unique_ptr<PostgresEngine> engine_;
    std::unique_ptr<Store> store_;
    io::CancelScope scope_;
    io::TaskGroup group_;
};

/// A database with the whole schema, on the test program's server.
inline std::string new_database(bool plain = false) {
    static const auto migrated = [](bool with_plain) {
        PostgresServer& server = PostgresServer::shared();
        const std::string name = server.create_database();
        const auto done = migrate({.url = Secret(server.url(name)), .plain_tokens = with_plain});
        CHECK(done.has_value(), done ? "" : done.error());
        return name;
    };
    static const std::string originals[] = {migrated(false), migrated(true)};
    return PostgresServer::shared().create_database(originals[plain ? 1 : 0]);
}

inline PostgresSettings settings_for(const std::string& url) {
    return {.url = Secret(url),
            .connections_per_shard = 2,
            .connect_timeout = std::chrono::seconds{3},
            .statement_timeout = std::chrono::seconds{5}};
}
inline PostgresSettings settings_for_database(const std::string& database) {
    return settings_for(PostgresServer::shared().url(database));
}

/// Tokens of one grant, with all the memory that new_tokens() shows.
struct Sample {
    Sample(std::uint64_t of, std::int64_t now, Random& random)
        : tag(of),
          access_text(token::TokenText::generate(token::TokenKind::access, tag, random).text()),
          refresh_text(token::TokenText::generate(token::TokenKind::refresh, tag, random).text()),
          issued_at(now) {}

    NewTokens new_tokens() const {
        return {
            tag,
            {"client-1", "alice", "notes:read notes:write", "https://notes.example/mcp"},
            {crypto::sha256(access_text), access_text, "notes:read", "https://notes.example/mcp",
             issued_at, issued_at + 3600},
            RefreshToken{crypto::sha256(refresh_text), refresh_text, issued_at, issued_at + 86400}};
    }
    TokenKey access_key() const { return {tag, crypto::sha256(access_text), access_text}; }
    Replaced replaced(std::int64_t at) const {
        return {crypto::sha256(refresh_text), refresh_text, at, 0};
    }

    token::GrantTag tag;
    std::string access_text;
    std::string refresh_text;
    std::int64_t issued_at;
};

}  // namespace sluice::storage::postgres
