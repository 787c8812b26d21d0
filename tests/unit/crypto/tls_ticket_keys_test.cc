#include "crypto/tls_ticket_keys.h"

#include <gtest/gtest.h>

namespace sluice::crypto {
namespace {

using std::chrono::hours;

std::string name_of(const TlsTicketKeys::Key& key) {
    return {key.name.begin(), key.name.end()};
}

TEST(TlsTicketKeys, CopiesAgreeWithoutTalking) {
    TlsTicketKeys a(Secret("seed"), MonotonicTime{});
    TlsTicketKeys b(Secret("seed"), MonotonicTime{});
    for (const int hour : {0, 5, 12, 60}) {
        const MonotonicTime now{hours{hour}};
        EXPECT_EQ(name_of(a.current(now)), name_of(b.current(now)));
    }
    const MonotonicTime late{hours{1000}};
    EXPECT_EQ(a.current(late).secret.reveal(), b.current(late).secret.reveal());
    TlsTicketKeys other(Secret("another"), MonotonicTime{});
    EXPECT_NE(a.current(late).secret.reveal(), other.current(late).secret.reveal());
}

TEST(TlsTicketKeys, ANewKeyComesWithEachPeriodAndTwoOldOnesAreKept) {
    TlsTicketKeys keys(Secret("seed"), MonotonicTime{}, hours{12});
    const std::string first = name_of(keys.current(MonotonicTime{}));
    EXPECT_EQ(name_of(keys.current(MonotonicTime{hours{11}})), first);
    EXPECT_NE(name_of(keys.current(MonotonicTime{hours{12}})), first);
    EXPECT_NE(keys.find(first, MonotonicTime{hours{12}}), nullptr);
    EXPECT_NE(keys.find(first, MonotonicTime{hours{35}}), nullptr);
    EXPECT_EQ(keys.find(first, MonotonicTime{hours{36}}), nullptr);
}

TEST(TlsTicketKeys, KnowsNoKeyThatIsNotThere) {
    TlsTicketKeys keys(Secret("seed"), MonotonicTime{});
    EXPECT_EQ(keys.find(std::string(16, '\0'), MonotonicTime{}), nullptr);
    EXPECT_EQ(keys.find("", MonotonicTime{}), nullptr);
}

}  // namespace
}  // namespace sluice::crypto
