// A connection that is cut at every byte of a transaction, around its COMMIT too.
#include "tests/unit/storage/postgres/box.h"
#include "tests/unit/storage/postgres/cutting_proxy.h"

namespace sluice::storage::postgres {
namespace {

using Direction = CuttingProxy::Direction;

class PostgresCut : public testing::Test {
protected:
    PostgresCut() {
        PostgresSettings settings = settings_for(PostgresServer::shared().url(database_, port()));
        settings.connections_per_shard = 1;
        box_.emplace(std::move(settings));
    }
    std::uint16_t port() { return proxy_.port(); }

    /// Redeems a code while the connection is cut after `bytes`. True: it was acknowledged.
    bool redeem_with_cut(Direction direction, std::int64_t bytes) {
        proxy_.let_pass();
        EXPECT_TRUE(box_->wait_until_available());
        const std::string key = std::to_string(++round_);
        EXPECT_EQ(box_->outcome(box_->store().put({DocumentKind::authorization_code, key, "x"},
                                                  PutMode::replace)),
                  "done");
        const Sample sample(round_, box_->now(), box_->shard().random());
        proxy_.cut_after(direction, bytes);
        const std::string outcome = box_->outcome(
            box_->store().redeem({DocumentKind::authorization_code, key},
                                 {DocumentKind::redeemed_code, key, "mark"}, sample.new_tokens()));
        proxy_.let_pass();
        EXPECT_TRUE(outcome == "done" || outcome == "unavailable") << outcome;
        expect_all_or_nothing(key, sample, outcome == "done");
        return outcome == "done";
    }

private:
    void expect_all_or_nothing(const std::string& key, const Sample& sample, bool acknowledged) {
        box_->wait_until_available();
        // The server may still be at it.
        box_->turn_until([&] {
            return PostgresServer::shared().query(
                       database_,
                       "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
                       "AND datname = current_database() "
                       "AND pid <> pg_backend_pid()") == "0";
        });
        const auto code = box_->get(box_->store().get({DocumentKind::authorization_code, key}));
        const auto mark = box_->get(box_->store().get({DocumentKind::redeemed_code, key}));
        const auto family = box_->get(box_->store().load(sample.access_key()));
        ASSERT_TRUE(code && mark && family);
        const bool happened = mark->has_value();
        EXPECT_EQ(code->has_value(), !happened);
        EXPECT_EQ(family->access.size() + family->refresh.size(), happened ? 2u : 0u);
        if (acknowledged) {
            EXPECT_TRUE(happened);
        }
    }

    std::string database_ = new_database();
    CuttingProxy proxy_{PostgresServer::shared().port()};
    std::optional<Box> box_;
    std::uint64_t round_ = 0;
};

TEST_F(PostgresCut, InTheAnswerIsAllOrNothingAndAcknowledgedOnlyWhenItIsThere) {
    // Every byte of the answer: results, and what ends the transaction.
    bool acknowledged = false;
    unsigned cuts = 0;
    for (std::int64_t bytes = 0; !acknowledged; ++bytes, ++cuts) {
        acknowledged = redeem_with_cut(Direction::to_client, bytes);
        ASSERT_LT(bytes, 1000);
    }
    EXPECT_GT(cuts, 30u);
}

TEST_F(PostgresCut, InTheQuestionIsAllOrNothingAndAcknowledgedOnlyWhenItIsThere) {
    // The length of the whole is found in strides; then every byte of its end, where the
    // transaction is asked to commit.
    std::int64_t whole = 0;
    while (!redeem_with_cut(Direction::to_server, whole)) {
        whole += 61;
        ASSERT_LT(whole, 10'000);
    }
    bool acknowledged = false;
    for (std::int64_t bytes = whole - 61; !acknowledged; ++bytes) {
        acknowledged = redeem_with_cut(Direction::to_server, bytes);
        ASSERT_LE(bytes, whole + 61);
    }
}

}  // namespace
}  // namespace sluice::storage::postgres
