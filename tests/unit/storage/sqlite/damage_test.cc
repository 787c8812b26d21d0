// Crashes, torn logs and bytes that change on the disk: what was acknowledged is there, or the
// engine says that it cannot know.
#include <algorithm>

#include "tests/support/dice.h"
#include "tests/unit/storage/sqlite/sqlite_fixture.h"

namespace sluice::storage::sqlite {
namespace {

using conformance::Session;
using io::Task;
using simulation::Dice;
using std::chrono::milliseconds;

/// The two files as they lie on the disk at some moment.
struct Image {
    std::string database;
    std::string log;

    static Image take(const std::string& path) {
        return {read_bytes(path), read_bytes(path + "-wal")};
    }
    void put(const std::string& path) const {
        write_bytes(path, database);
        write_bytes(path + "-wal", log);
    }
};

class SqliteDamage : public SqliteTest {
protected:
    /// An image whose log has `count` transactions of one document each, and how long the log was
    /// after each of them.
    Image image_with_log(int count) {
        Image image;
        run([&](Session& session) -> Task<void> {
            for (int i = 0; i < count; ++i) {
                co_await put_numbers(session.store(), i, 1);
                ends.push_back(file_size(path() + "-wal").value_or(0));
            }
            image = Image::take(path());
        });
        return image;
    }
    /// How many numbers an engine finds in `image`; -1: it refuses to open, or to answer.
    int count_in(const Image& image, int count_max) {
        const TemporaryDirectory other;
        const std::string at = other.path() + "/sluice.db";
        image.put(at);
        auto engine = SqliteEngine::open({.path = at}, clock);
        if (!engine) {
            EXPECT_NE(engine.error().find("sluice restore"), std::string::npos) << engine.error();
            return -1;
        }
        int count = 0;
        run_on(**engine, [&](Session& session) -> Task<void> {
            count = co_await count_numbers(session.store(), count_max);
        });
        return count;
    }

    std::vector<std::uint64_t> ends;
};

TEST_F(SqliteDamage, LogThatIsCutAnywhereLosesNothingThatWasAcknowledgedBefore) {
    constexpr int count = 40;
    const Image whole = image_with_log(count);
    ASSERT_EQ(count_in(whole, count), count);
    Dice dice(17);
    for (int i = 0; i < 30; ++i) {
        Image image = whole;
        const std::uint64_t cut = dice.between(32, whole.log.size());
        image.log.resize(cut);
        if (dice.chance(500)) image.log.append(dice.below(5000), '\0');
        const auto kept = std::ranges::upper_bound(ends, cut) - ends.begin();
        EXPECT_EQ(count_in(image, count), kept) << "cut at " << cut;
    }
}

TEST_F(SqliteDamage, SectorsOfTheLastTransactionMayBeMissing) {
    constexpr int count = 20;
    const Image whole = image_with_log(count);
    Dice dice(18);
    for (int i = 0; i < 30; ++i) {
        Image image = whole;
        for (std::size_t at = ends[count - 2]; at < image.log.size(); at += 512) {
            if (dice.chance(500)) continue;
            std::fill_n(image.log.begin() + static_cast<std::ptrdiff_t>(at),
                        std::min<std::size_t>(512, image.log.size() - at), '\0');
        }
        EXPECT_GE(count_in(image, count), count - 1);
    }
}

TEST_F(SqliteDamage, ByteOfTheLogThatChangedIsNeverTakenForTheLogsEnd) {
    constexpr int count = 40;
    const Image whole = image_with_log(count);
    Dice dice(19);
    int refused = 0;
    for (int i = 0; i < 60; ++i) {
        Image image = whole;
        const std::uint64_t at = i < 32 ? static_cast<std::uint64_t>(i)  // the log's header
                                        : dice.below(image.log.size());
        image.log[at] = static_cast<char>(image.log[at] ^ static_cast<char>(1 << dice.below(8)));
        const int found = count_in(image, count);
        refused += found == -1;
        // What stands at the very end cannot be told from a transaction that was cut off.
        if (found != -1) EXPECT_GE(found, count - 2) << "byte " << at;
    }
    EXPECT_GE(refused, 50);
}

TEST_F(SqliteDamage, ByteOfTheDatabaseThatChangedNeverGivesAWrongAnswer) {
    constexpr int count = 120;
    run([](Session& session) { return put_numbers(session.store(), 0, count); });
    const Image whole = Image::take(path());
    ASSERT_EQ(count_in(whole, count), count);
    Dice dice(20);
    int refused = 0;
    const std::size_t pages = whole.database.size() / 4096;
    for (std::size_t i = 0; i < 2 * pages + 60; ++i) {
        Image image = whole;
        const std::size_t at = i < 2 * pages
                                   ? i / 2 * 4096 + (i % 2) * dice.below(12)  // each page's header
                                   : dice.below(image.database.size());
        image.database[at] =
            static_cast<char>(image.database[at] ^ static_cast<char>(1 << dice.below(8)));
        const int found = count_in(image, count);
        refused += found == -1;
        if (found != -1) EXPECT_EQ(found, count) << "byte " << at;
    }
    EXPECT_GE(refused, 40);
}

TEST_F(SqliteDamage, DamageOfALargeDatabaseIsFoundWhileItAnswers) {
    const std::string large(60000, 'v');
    run([&](Session& session) -> Task<void> {
        co_await put_numbers(session.store(), 0, 10);
        for (int i = 0; i < 400; ++i) {
            const std::string key = std::to_string(i);
            const Document document{DocumentKind::session, key, large};
            EXPECT_TRUE(co_await session.store().put(document, PutMode::replace));
        }
    });
    Image image = Image::take(path());
    ASSERT_GT(image.database.size(), std::size_t{20} << 20);
    const std::size_t at = image.database.size() - 50 * 4096 + 1000;
    image.database[at] = static_cast<char>(image.database[at] ^ 4);
    image.put(path());
    run([](Session& session) -> Task<void> {
        const DocumentKey key{DocumentKind::client, "3"};
        const auto value = co_await session.store().get(key);
        // Unless the check was faster.
        EXPECT_TRUE(value ? **value == "value of 3"
                          : session.store().state() == StoreState::failed);
        for (int i = 0; i < 500 && session.store().state() != StoreState::failed; ++i) {
            co_await session.wait(milliseconds{10});
        }
        EXPECT_EQ(session.store().state(), StoreState::failed);
        const Document document{DocumentKind::user, "late", ""};
        EXPECT_EQ(conformance::outcome(co_await session.store().put(document, PutMode::replace)),
                  "unavailable");
    });
}

}  // namespace
}  // namespace sluice::storage::sqlite
