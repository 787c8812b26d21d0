#include "oauth/clients/registration_ledger.h"

#include <gtest/gtest.h>

namespace sluice::oauth {
namespace {

using std::chrono::minutes;

using Dropped = std::vector<std::string>;

constexpr MonotonicTime start{std::chrono::hours{1}};

class Ledger : public testing::Test {
protected:
    RegistrationLedger ledger{{.unused_max = 4, .silence_max = std::chrono::days{90}}, 1};
};

TEST_F(Ledger, TheLeastRecentlyUsedMakesRoomOnceItsSafeTimeIsOver) {
    for (const char* id : {"a", "b", "c", "d"}) ledger.add(id, id, start);
    ledger.touch("a", start + minutes{1});
    EXPECT_EQ(ledger.add("e", "e", start + minutes{10}), Dropped{"b"});
    EXPECT_EQ(ledger.add("c", "c", start + minutes{11}), Dropped{});  // known: safe anew
    EXPECT_EQ(ledger.add("f", "f", start + minutes{11}), Dropped{"d"});
}

TEST_F(Ledger, InItsSafeTimeOnlyWhoRegistersMostMakesRoom) {
    ledger.add("mine", "192.0.2.1", start);
    for (const char* id : {"x1", "x2", "x3"}) ledger.add(id, "198.51.100.1", start + minutes{1});
    EXPECT_EQ(ledger.add("x4", "198.51.100.1", start + minutes{2}), Dropped{"x1"});
    EXPECT_EQ(ledger.add("x5", "198.51.100.1", start + minutes{2}), Dropped{"x2"});
    EXPECT_EQ(ledger.add("yours", "192.0.2.2", start + minutes{3}), Dropped{"x3"});
    // The control: after its time it is a client like any other.
    EXPECT_EQ(ledger.add("x6", "198.51.100.1", start + minutes{10}), Dropped{"mine"});
}

TEST_F(Ledger, AConsentedClientCountsForNobodyAndStays) {
    for (const char* id : {"k1", "k2", "k3"}) ledger.add(id, "192.0.2.1", start);
    for (const char* id : {"k1", "k2", "k3", "k3"}) ledger.keep(id, start);
    for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(ledger.add(id, id, start), Dropped{});
    EXPECT_EQ(ledger.add("e", "d", start).size(), 1U);
    EXPECT_EQ(ledger.add("f", "f", start + std::chrono::days{90}).size(), 7U);
}

}  // namespace
}  // namespace sluice::oauth
