#include "oauth/stored_user.h"

#include <gtest/gtest.h>

namespace sluice::oauth {
namespace {

crypto::PasswordHash hash_of(std::string_view password) {
    SeededRandom random(1);
    return crypto::PasswordHash::make(password, random);
}

TEST(StoredUser, ComesBackAsItWasWritten) {
    const StoredUser user{hash_of("correct horse"), "Älice \"A\"", "alice@example.com"};
    const auto read = StoredUser::parse(user.to_json());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->name, user.name);
    EXPECT_EQ(read->email, user.email);
    EXPECT_TRUE(read->password_hash.verify("correct horse"));
    EXPECT_FALSE(read->password_hash.verify("wrong horse"));
}

TEST(StoredUser, PassesOverMembersThatALaterVersionAdds) {
    const std::string hash = hash_of("x").text();
    const auto read =
        StoredUser::parse(R"({"attributes":{"a":1},"password_hash":")" + hash + "\"}");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->name, "");
    EXPECT_EQ(read->email, "");
}

TEST(StoredUser, WithoutAHashIsNone) {
    for (const char* json : {"", "[]", "{}", R"({"name":"a"})", R"({"password_hash":"plain"})",
                             R"({"password_hash":7})"}) {
        EXPECT_FALSE(StoredUser::parse(json)) << json;
    }
}

TEST(StoredUser, HasANameWithoutOddities) {
    for (const char* name : {"alice", "alice@example.com", "Zoë", "domain/user 7"}) {
        EXPECT_TRUE(is_stored_username(name)) << name;
    }
    EXPECT_TRUE(is_stored_username(std::string(200, 'x')));
    for (const std::string& name :
         {std::string(), std::string(201, 'x'), std::string("a\0b", 3), std::string("a\nb"),
          std::string("a\x7f"), std::string("a\"b"), std::string("a\\b"), std::string("\xff"),
          std::string("\xc3")}) {
        EXPECT_FALSE(is_stored_username(name)) << name;
    }
}

}  // namespace
}  // namespace sluice::oauth
