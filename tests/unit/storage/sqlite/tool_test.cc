// A tool that has the file of a running server open.
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/storage/conformance/samples.h"
#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Place;
using conformance::SampleTokens;
using conformance::Session;
using io::Task;
using std::chrono::milliseconds;
using token::GrantTag;

TEST_F(SqliteTest, WhatAToolRevokesTheServerHearsOfOnTheShardOfItsTag) {
    const auto server = open();
    run_on(
        *server,
        [&](Session& session) -> Task<void> {
            const SampleTokens tokens(GrantTag(3), session.random(), session.now());
            co_await session.store().add_grant(tokens.new_tokens());
            SqliteSettings settings{.path = path()};
            settings.is_tool = true;
            const auto tool = SqliteEngine::open(settings, clock);
            EXPECT_TRUE(tool);
            if (!tool) co_return;
            std::thread other([&] {
                run_on(**tool, [](Session& there) -> Task<void> {
                    EXPECT_TRUE(co_await there.store().revoke(GrantTag(3)));
                    EXPECT_TRUE(co_await there.store().revoke(GrantTag(5)));
                });
            });
            std::size_t heard = 0;
            for (int i = 0; i < 100 && heard < 2; ++i) {
                co_await session.wait(milliseconds{10});
                heard = co_await session.on(1, [](Place& place) -> Task<std::size_t> {
                    co_return place.listener.revoked.size();
                });
            }
            other.join();
            EXPECT_EQ(heard, 2u);
            co_await session.wait(milliseconds{600});
            co_await session.on(1, [](Place& place) -> Task<void> {
                EXPECT_EQ(place.listener.revoked, (std::vector<GrantTag>{GrantTag(3), GrantTag(5)}))
                    << "each is told once";
                co_return;
            });
        },
        2);
}

}  // namespace
}  // namespace sluice::storage::sqlite
