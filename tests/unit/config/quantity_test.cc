#include "config/quantity.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

TEST(ConfigDuration, TakesEveryUnit) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("30d"), 720h);
    EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(ConfigDuration, RefusesWhatIsNoNumberAndUnit) {
    for (const char* text :
         {"", "10", "s", "10 s", " 10s", "1.5h", "-1s", "+1s", "10S", "1h30m", "1w"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ConfigDuration, RefusesWhatWouldOverflow) {
    EXPECT_TRUE(parse_duration("36500d"));
    for (const char* text : {"36501d", "99999999999999999999d", "18446744073709551615h"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ConfigDuration, IsWrittenInItsLargestWholeUnit) {
    for (const char* text : {"0s", "250ms", "90s", "5m", "25h", "30d"}) {
        EXPECT_EQ(to_text(*parse_duration(text)), text);
    }
    EXPECT_EQ(to_text(Duration(3600s)), "1h");
}

TEST(ConfigSize, TakesBinaryUnitsOnly) {
    EXPECT_EQ(parse_bytes("512B"), Bytes{512});
    EXPECT_EQ(parse_bytes("32KiB"), Bytes{32768});
    EXPECT_EQ(parse_bytes("4MiB"), Bytes{4194304});
    EXPECT_EQ(parse_bytes("1GiB"), Bytes{1073741824});
    for (const char* text : {"", "4", "4MB", "4M", "4 MiB", "1.5MiB", "-1B", "4mib"}) {
        EXPECT_FALSE(parse_bytes(text)) << text;
    }
}

TEST(ConfigSize, RefusesWhatWouldOverflow) {
    EXPECT_TRUE(parse_bytes("1024GiB"));
    EXPECT_FALSE(parse_bytes("1025GiB"));
    EXPECT_FALSE(parse_bytes("17179869184GiB"));
}

TEST(ConfigSize, IsWrittenInItsLargestWholeUnit) {
    for (const char* text : {"0B", "512B", "1536B", "32KiB", "4MiB", "1GiB"}) {
        EXPECT_EQ(to_text(*parse_bytes(text)), text);
    }
}

}  // namespace
}  // namespace sluice::config
