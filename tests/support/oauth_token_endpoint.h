// Tests of the token endpoint: what they all need.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/oauth_browser.h"

namespace sluice::oauth_test {

class TokenEndpointTest : public testing::Test {
protected:
    std::string code() { return Browser(servers).code(); }
    std::string conf_code() {
        Parameters request = authorization_request();
        request["client_id"] = "conf";
        request["redirect_uri"] = "https://app.example/cb";
        return Browser(servers).code(request);
    }
    Parameters conf_request(std::string_view code) {
        Parameters request = TokenClient::code_request(code, "");
        request["redirect_uri"] = "https://app.example/cb";
        return request;
    }
    void expect_error(const Answer& answer, int status, std::string_view error) {
        EXPECT_EQ(answer.status(), status) << answer.body();
        EXPECT_EQ(answer.error(), error) << answer.body();
        EXPECT_EQ(answer.field("Content-Type"), "application/json");
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_FALSE(answer.body().contains("null"));
    }

    Servers servers{test_settings(), 2};
    TokenClient client{servers};
};

}  // namespace sluice::oauth_test
