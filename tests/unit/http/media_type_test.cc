// Media types and Accept.
#include "http/media_type.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(MediaType, IsComparedWithoutParameters) {
    EXPECT_TRUE(is_media_type("application/json", "application/json"));
    EXPECT_TRUE(is_media_type("Application/JSON ; charset=utf-8", "application/json"));
    EXPECT_FALSE(is_media_type("application/json-seq", "application/json"));
    EXPECT_FALSE(is_media_type("", "application/json"));
    EXPECT_FALSE(is_media_type("text/plain; application/json", "application/json"));
}

TEST(Accept, TakesTypesByNameAndRange) {
    EXPECT_TRUE(accepts("text/event-stream, application/json", "application/json"));
    EXPECT_TRUE(accepts("application/*;q=0.1", "application/json"));
    EXPECT_TRUE(accepts("*/*", "application/json"));
    EXPECT_TRUE(accepts("", "application/json"));
    EXPECT_FALSE(accepts("text/html", "application/json"));
    EXPECT_FALSE(accepts("app/*", "application/json"));
}

TEST(Accept, LetsTheMostExactRangeDecide) {
    EXPECT_FALSE(accepts("*/*, application/json;q=0", "application/json"));
    EXPECT_FALSE(accepts("application/json; q=0.000, */*", "application/json"));
    EXPECT_TRUE(accepts("*/*;q=0, application/json;q=0.5", "application/json"));
}

TEST(Accept, CanDemandTheName) {
    EXPECT_TRUE(accepts_by_name("application/json, text/event-stream;x=y", "text/event-stream"));
    EXPECT_FALSE(accepts_by_name("*/*", "text/event-stream"));
    EXPECT_FALSE(accepts_by_name("text/event-stream;q=0", "text/event-stream"));
}

}  // namespace
}  // namespace sluice::http
