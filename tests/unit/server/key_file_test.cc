#include "server/storage/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace sluice::server {
namespace {

class KeyFile : public ::testing::Test {
protected:
    KeyFile() { std::filesystem::create_directories(folder_); }
    ~KeyFile() override { std::filesystem::remove_all(folder_); }

    std::string folder_ = ::testing::TempDir() + "/key_file";
    std::string path_ = folder_ + "/sluice.db.key";
    SystemRandom random_;
};

TEST_F(KeyFile, IsMadeForItsOwnerAloneAndReadAgain) {
    const auto made = make_key_file(path_, random_);
    ASSERT_TRUE(made) << made.error();
    ASSERT_EQ(made->size(), 1U);
    EXPECT_GE(made->front().reveal().size(), 43U);
    struct stat status{};
    ASSERT_EQ(stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto read = read_key_file(path_);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->front().reveal(), made->front().reveal());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(KeyFile, ThatIsThereIsNeverReplaced) {
    const auto first = make_key_file(path_, random_);
    const auto second = make_key_file(path_, random_);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->front().reveal(), first->front().reveal());
}

TEST_F(KeyFile, ThatCannotBeMadeOrReadIsNamed) {
    const std::string missing = folder_ + "/none/sluice.key";
    EXPECT_TRUE(make_key_file(missing, random_).error().contains(missing));
    EXPECT_TRUE(read_key_file(missing).error().contains(missing));
}

TEST_F(KeyFile, ThatHoldsNoKeyIsRefused) {
    std::ofstream(path_) << "canary\n";
    const auto read = read_key_file(path_);
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().contains("openssl rand")) << read.error();
    EXPECT_FALSE(read.error().contains("canary"));
}

}  // namespace
}  // namespace sluice::server
