// Routing.
#include "http/router.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

using Outcome = RouteMatch::Outcome;

Router router() {
    Router made;
    made.add(Method::get, "/authorize", 1);
    made.add(Method::post, "/authorize", 2);
    made.add(Method::post, "/token", 3);
    made.add(Method::get, "/.well-known/meta", 4);
    made.add_prefix(Method::get, "/.well-known/meta", 5);
    made.add_prefix(Method::get, "/.well-known/meta/deep", 6);
    made.add(Method::get, "/.well-known/meta/exact", 7);
    return made;
}

TEST(Router, FindsByMethodAndPath) {
    const Router made = router();
    EXPECT_EQ(made.match(Method::get, "/authorize").handler, 1u);
    EXPECT_EQ(made.match(Method::post, "/authorize").handler, 2u);
    EXPECT_EQ(made.match(Method::post, "/token").outcome, Outcome::found);
}

TEST(Router, KnowsExactPathsOnly) {
    const Router made = router();
    for (const std::string_view path : {"/", "/token/", "/Token", "/toke", "/tokens", "*", ""}) {
        EXPECT_EQ(made.match(Method::post, path).outcome, Outcome::not_found) << path;
    }
}

TEST(Router, SaysWhichMethodsAreAllowed) {
    const Router made = router();
    const RouteMatch match = made.match(Method::get, "/token");
    EXPECT_EQ(match.outcome, Outcome::method_not_allowed);
    EXPECT_EQ(match.allow, "POST, OPTIONS");
    EXPECT_EQ(made.match(Method::put, "/authorize").allow, "GET, HEAD, POST, OPTIONS");
}

TEST(Router, ServesHeadByGetAndOptionsByItself) {
    const Router made = router();
    EXPECT_EQ(made.match(Method::head, "/authorize").handler, 1u);
    EXPECT_EQ(made.match(Method::head, "/token").outcome, Outcome::method_not_allowed);
    EXPECT_EQ(made.match(Method::options, "/token").outcome, Outcome::options);
    EXPECT_EQ(made.match(Method::options, "/absent").outcome, Outcome::not_found);
}

TEST(Router, TakesTheLongestPrefixAfterExactPaths) {
    const Router made = router();
    const RouteMatch inserted = made.match(Method::get, "/.well-known/meta/mcp/notes");
    EXPECT_EQ(inserted.handler, 5u);
    EXPECT_EQ(inserted.rest, "/mcp/notes");
    EXPECT_EQ(made.match(Method::get, "/.well-known/meta/deep/x").handler, 6u);
    EXPECT_EQ(made.match(Method::get, "/.well-known/meta/deep").handler, 5u);
    EXPECT_EQ(made.match(Method::get, "/.well-known/meta/exact").handler, 7u);
    EXPECT_EQ(made.match(Method::get, "/.well-known/meta").handler, 4u);
    EXPECT_EQ(made.match(Method::get, "/.well-known/metadata").outcome, Outcome::not_found);
}

TEST(RouterDeathTest, TakesOneHandlerAMethod) {
    Router made = router();
    EXPECT_DEATH(made.add(Method::post, "/token", 9), "/token");
    made.add(Method::get, "/token", 9);
    EXPECT_EQ(made.match(Method::get, "/token").handler, 9u);
}

}  // namespace
}  // namespace sluice::http
