// Cookies.
#include "http/cookie.h"

#include <gtest/gtest.h>

#include "http/request_builder.h"

namespace sluice::http {
namespace {

TEST(Cookie, IsFoundByItsExactName) {
    RequestBuilder builder(Method::get, "/");
    builder.field("Cookie", "a=1; __Host-session=x=y;b=2").field("cookie", "late=3");
    const Request& request = builder.request();
    EXPECT_EQ(find_cookie(request, "a"), "1");
    EXPECT_EQ(find_cookie(request, "__Host-session"), "x=y");
    EXPECT_EQ(find_cookie(request, "b"), "2");
    EXPECT_EQ(find_cookie(request, "late"), "3");
    EXPECT_EQ(find_cookie(request, "session"), std::nullopt);
    EXPECT_EQ(find_cookie(request, "A"), std::nullopt);
}

TEST(Cookie, IsSetWithItsAttributes) {
    Response response;
    add_cookie(response, {.name = "__Host-session", .value = "abc", .max_age = {}});
    EXPECT_EQ(response.field("Set-Cookie"),
              "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
    response.clear();
    add_cookie(response, {.name = "s",
                          .value = "",
                          .path = "/authorize",
                          .max_age = std::chrono::seconds{0},
                          .secure = false,
                          .same_site = "Strict"});
    EXPECT_EQ(response.field("Set-Cookie"),
              "s=; Path=/authorize; Max-Age=0; HttpOnly; SameSite=Strict");
}

TEST(CookieDeathTest, TakesNoSeparators) {
    Response response;
    EXPECT_DEATH(add_cookie(response, {.name = "s", .value = "a; b", .max_age = {}}), "s");
    EXPECT_EQ(response.field("Set-Cookie"), std::nullopt);
}

}  // namespace
}  // namespace sluice::http
