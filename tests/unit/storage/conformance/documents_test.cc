// Conformance: documents, their conditions, lifetimes, limits and lists.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::hours;
using std::chrono::seconds;

constexpr auto client = DocumentKind::client;
constexpr auto user = DocumentKind::user;
constexpr auto consent = DocumentKind::consent;
constexpr auto device_code = DocumentKind::device_code;
constexpr auto assertion_id = DocumentKind::assertion_id;

TEST_P(StoreConformance, DocumentIsThereFromPutToErase) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await get(store, client, "a"), "(nothing)");
        EXPECT_EQ(co_await put(store, {client, "a", R"({"name":"A"})"}), "done");
        EXPECT_EQ(co_await get(store, client, "a"), R"({"name":"A"})");
        EXPECT_EQ(co_await put(store, {client, "a", "another"}), "done");
        EXPECT_EQ(co_await get(store, client, "a"), "another");
        EXPECT_EQ(co_await erase(store, client, "a"), "done");
        EXPECT_EQ(co_await get(store, client, "a"), "(nothing)");
    });
}

TEST_P(StoreConformance, OnlyNewConflictsWithWhatIsThereAndLeavesIt) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await put(store, {assertion_id, "j", "1"}, PutMode::only_new), "done");
        EXPECT_EQ(co_await put(store, {assertion_id, "j", "2"}, PutMode::only_new), "conflict");
        EXPECT_EQ(co_await get(store, assertion_id, "j"), "1");
        EXPECT_EQ(co_await erase(store, assertion_id, "j"), "done");
        EXPECT_EQ(co_await put(store, {assertion_id, "j", "3"}, PutMode::only_new), "done");
        EXPECT_EQ(co_await get(store, assertion_id, "j"), "3");
    });
}

TEST_P(StoreConformance, EraseConflictsWhereNothingIs) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await erase(store, DocumentKind::session, "s"), "conflict");
        EXPECT_EQ(co_await put(store, {DocumentKind::session, "s", ""}), "done");
        EXPECT_EQ(co_await erase(store, DocumentKind::session, "s"), "done");
        EXPECT_EQ(co_await erase(store, DocumentKind::session, "s"), "conflict");
    });
}

TEST_P(StoreConformance, KindsDoNotMeet) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        for (int kind = 1; kind <= 11; ++kind) {
            const std::string value = std::to_string(kind);
            EXPECT_EQ(co_await put(store, {DocumentKind(kind), "same", value}, PutMode::only_new),
                      "done");
        }
        EXPECT_EQ(co_await erase(store, consent, "same"), "done");
        for (int kind = 1; kind <= 11; ++kind) {
            const bool erased = DocumentKind(kind) == consent;
            EXPECT_EQ(co_await get(store, DocumentKind(kind), "same"),
                      erased ? "(nothing)" : std::to_string(kind));
        }
    });
}

TEST_P(StoreConformance, WhatHasExpiredIsNotThere) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await put(store, {device_code, "short", "x", seconds{2}}), "done");
        EXPECT_EQ(co_await put(store, {device_code, "long", "y", hours{1}}), "done");
        EXPECT_EQ(co_await put(store, {device_code, "ever", "z"}), "done");
        EXPECT_EQ(co_await get(store, device_code, "short"), "x");
        EXPECT_EQ(co_await keys(store, device_code, "", 10), "ever long short");
        EXPECT_EQ(co_await put(store, {device_code, "short", "n"}, PutMode::only_new), "conflict");
        co_await session.pass(seconds{3});
        EXPECT_EQ(co_await get(store, device_code, "short"), "(nothing)");
        EXPECT_EQ(co_await get(store, device_code, "long"), "y");
        EXPECT_EQ(co_await get(store, device_code, "ever"), "z");
        EXPECT_EQ(co_await keys(store, device_code, "", 10), "ever long");
        EXPECT_EQ(co_await erase(store, device_code, "short"), "conflict");
        EXPECT_EQ(co_await put(store, {device_code, "short", "new"}, PutMode::only_new), "done");
        EXPECT_EQ(co_await get(store, device_code, "short"), "new");
    });
}

TEST_P(StoreConformance, LifetimeIsThatOfTheLastPut) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await put(store, {client, "kept", "1", seconds{2}}), "done");
        EXPECT_EQ(co_await put(store, {client, "kept", "2"}), "done");
        EXPECT_EQ(co_await put(store, {client, "ended", "1"}), "done");
        EXPECT_EQ(co_await put(store, {client, "ended", "2", seconds{2}}), "done");
        co_await session.pass(seconds{3});
        EXPECT_EQ(co_await get(store, client, "kept"), "2");
        EXPECT_EQ(co_await get(store, client, "ended"), "(nothing)");
    });
}

TEST_P(StoreConformance, LongestAndOddTextsComeBackAsTheyWere) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const std::string long_key(512, 'k');
        const std::string long_value = std::string(65535, 'v') + "!";
        const std::string odd = "it's \"ünïcode\" \\ % _ ; -- \t\r\n $1 ?1 {\xF0\x9F\x94\x91}";
        const std::string texts[] = {odd, "x' OR '1'='1", "\\x00", "\\N", "NULL", " ", "~\x7f"};
        EXPECT_EQ(co_await put(store, {user, long_key, long_value}), "done");
        EXPECT_EQ(co_await get(store, user, long_key), long_value);
        EXPECT_EQ(co_await get(store, user, std::string(511, 'k')), "(nothing)");
        EXPECT_EQ(co_await put(store, {user, "empty", ""}), "done");
        EXPECT_EQ(co_await get(store, user, "empty"), "");
        for (const std::string& text : texts) {
            EXPECT_EQ(co_await put(store, {user, text, text}, PutMode::only_new), "done");
            EXPECT_EQ(co_await get(store, user, text), text);
            EXPECT_EQ(co_await erase(store, user, text), "done");
        }
    });
}

TEST_P(StoreConformance, KeysDifferByEveryByte) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const std::string_view all[] = {"a", "A", "a ", " a", "ä", "a\xCC\x88", "a0", "a1"};
        for (const std::string_view key : all) {
            EXPECT_EQ(co_await put(store, {user, key, key}, PutMode::only_new), "done") << key;
        }
        EXPECT_EQ(co_await get(store, user, "A"), "A");
        EXPECT_EQ(co_await get(store, user, "a "), "a ");
    });
}

TEST_P(StoreConformance, ListGoesByTheBytesOfTheKeysInPages) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const std::string_view all[] = {"b", "a", "Z", "é", "aa", "z", "0", "a-b", "a_b"};
        for (const std::string_view key : all) {
            EXPECT_EQ(co_await put(store, {client, key, key}), "done");
        }
        EXPECT_EQ(co_await put(store, {user, "another-kind", ""}), "done");
        EXPECT_EQ(co_await keys(store, client, "", 100), "0 Z a a-b a_b aa b z é");
        EXPECT_EQ(co_await keys(store, client, "", 4), "0 Z a a-b");
        EXPECT_EQ(co_await keys(store, client, "a-b", 4), "a_b aa b z");
        EXPECT_EQ(co_await keys(store, client, "z", 4), "é");
        EXPECT_EQ(co_await keys(store, client, "é", 4), "");
        EXPECT_EQ(co_await keys(store, client, "c", 1), "z");  // behind what is not there itself
    });
}

TEST_P(StoreConformance, PagesOfAListGoThroughManyDocuments) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        constexpr int count = 250;
        for (int i = 0; i < count; ++i) {
            const std::string key = "key-" + std::to_string(1000 + i);
            EXPECT_EQ(co_await put(store, {consent, key, "value of " + key}), "done");
        }
        std::string after;
        int seen = 0;
        for (;;) {
            const auto page = co_await store.list(consent, after, 64);
            EXPECT_TRUE(page);
            if (!page || page->empty()) break;
            EXPECT_LE(page->size(), 64u);
            for (const StoredDocument& document : *page) {
                EXPECT_EQ(document.key, "key-" + std::to_string(1000 + seen++));
                EXPECT_EQ(document.value, "value of " + document.key);
            }
            after = page->back().key;
        }
        EXPECT_EQ(seen, count);
    });
}

TEST_P(StoreConformance, EveryShardSeesWhatAnotherHasWritten) {
    run_on_two_shards([](Session& session) -> Task<void> {
        for (int i = 0; i < 50; ++i) {
            const std::string key = "k" + std::to_string(i);
            const unsigned writer = i % 2;
            co_await session.on(writer, [&](Place& place) -> Task<void> {
                EXPECT_EQ(co_await put(*place.store, {client, key, key}), "done");
            });
            co_await session.on(1 - writer, [&](Place& place) -> Task<void> {
                EXPECT_EQ(co_await get(*place.store, client, key), key);
                EXPECT_EQ(co_await erase(*place.store, client, key), "done");
            });
            EXPECT_EQ(co_await get(session.store(), client, key), "(nothing)");
        }
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
