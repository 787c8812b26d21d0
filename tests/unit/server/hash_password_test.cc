#include "server/hash_password.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/password_hash.h"

namespace sluice::server {
namespace {

struct Outcome {
    int status;
    std::string out;
};

// Runs the command with `input` as its standard input.
Outcome run(const std::string& input) {
    const std::string path = ::testing::TempDir() + "/hash_password_input";
    std::ofstream(path, std::ios::binary) << input;
    EXPECT_NE(std::freopen(path.c_str(), "r", stdin), nullptr);
    ::testing::internal::CaptureStdout();
    const int status = hash_password();
    Outcome outcome{status, ::testing::internal::GetCapturedStdout()};
    std::filesystem::remove(path);
    return outcome;
}

TEST(HashPassword, OneLineOfInputBecomesALineThatVerifies) {
    const auto [status, out] = run("correct horse\nnot this\n");
    EXPECT_EQ(status, 0);
    const std::string head = "password_hash = \"";
    ASSERT_TRUE(out.starts_with(head) && out.ends_with("\"\n")) << out;
    const auto hash =
        crypto::PasswordHash::parse(out.substr(head.size(), out.size() - head.size() - 2));
    ASSERT_TRUE(hash) << out;
    EXPECT_TRUE(hash->verify("correct horse"));
    EXPECT_FALSE(hash->verify("correct horse\n"));
}

TEST(HashPassword, InputWithoutANewlineIsALineToo) {
    EXPECT_EQ(run("secret").status, 0);
}

TEST(HashPassword, NothingAndTooMuchAreRefused) {
    for (const std::string& input :
         {std::string(), std::string("\n"), std::string(1026, 'x') + '\n'}) {
        const auto [status, out] = run(input);
        EXPECT_EQ(status, 1) << input.size();
        EXPECT_EQ(out, "");
    }
}

}  // namespace
}  // namespace sluice::server
