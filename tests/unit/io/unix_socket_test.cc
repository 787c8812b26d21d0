#include "io/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sluice::io {
namespace {

namespace fs = std::filesystem;

struct UnixSocketTest : testing::Test {
    UnixSocketTest() {
        std::string name = "/tmp/sluice-unix-XXXXXX";
        folder = mkdtemp(name.data());
        path = folder / "s";
        address = *Address::parse("unix:" + path.string());
    }
    ~UnixSocketTest() override { fs::remove_all(folder); }

    std::expected<UnixSocket, std::string> listen(const UnixSocketAccess& access = {}) {
        return listen_on_unix_socket(address, access);
    }
    bool connects() const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const bool connected = ::connect(fd, address.native(), address.native_length()) == 0;
        ::close(fd);
        return connected;
    }
    /// What a process that was killed leaves behind.
    void leave_a_dead_socket() const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        ASSERT_EQ(::bind(fd, address.native(), address.native_length()), 0);
        ::listen(fd, 1);
        ::close(fd);
    }

    fs::path folder;
    fs::path path;
    Address address;
};

TEST_F(UnixSocketTest, ListensAndRemovesItsFileAtTheEnd) {
    {
        const auto socket = listen();
        ASSERT_TRUE(socket) << socket.error();
        EXPECT_TRUE(connects());
        ::close(socket->fd);
    }
    EXPECT_FALSE(fs::exists(fs::symlink_status(path)));
}

TEST_F(UnixSocketTest, HasTheModeThatWasAskedForWhateverTheUmask) {
    const mode_t before = umask(0077);
    const auto socket = listen({.mode = 0666, .owner = geteuid(), .group = getegid()});
    umask(before);
    ASSERT_TRUE(socket) << socket.error();
    struct stat file{};
    ASSERT_EQ(lstat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777, 0666U);
    EXPECT_EQ(file.st_uid, geteuid());
    ::close(socket->fd);
}

TEST_F(UnixSocketTest, ReplacesTheSocketOfAProcessThatIsGone) {
    leave_a_dead_socket();
    EXPECT_FALSE(connects());
    const auto socket = listen();
    ASSERT_TRUE(socket) << socket.error();
    EXPECT_TRUE(connects());
    ::close(socket->fd);
}

TEST_F(UnixSocketTest, LeavesALiveOneAlone) {
    const auto first = listen();
    ASSERT_TRUE(first) << first.error();
    const auto second = listen();
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().contains("another process listens there")) << second.error();
    EXPECT_TRUE(connects());
    ::close(first->fd);
}

TEST_F(UnixSocketTest, NeverRemovesAnotherKindOfFile) {
    std::ofstream(path) << "kept";
    const auto socket = listen();
    ASSERT_FALSE(socket);
    EXPECT_TRUE(socket.error().contains("not a socket")) << socket.error();
    EXPECT_EQ(fs::file_size(path), 4U);
}

TEST_F(UnixSocketTest, DoesNotFollowALinkToASocket) {
    leave_a_dead_socket();
    const fs::path target = folder / "target";
    fs::rename(path, target);
    fs::create_symlink(target, path);
    EXPECT_FALSE(listen());
    EXPECT_TRUE(fs::exists(fs::symlink_status(target)));
}

TEST_F(UnixSocketTest, LeavesTheFileOfItsSuccessor) {
    std::optional<UnixSocket> first;
    {
        auto socket = listen();
        ASSERT_TRUE(socket) << socket.error();
        first.emplace(*std::move(socket));
    }
    ::close(first->fd);  // it drains: nobody accepts there any more, its file is still there
    const auto second = listen();
    ASSERT_TRUE(second) << second.error();
    first.reset();
    EXPECT_TRUE(connects());
    ::close(second->fd);
}

TEST_F(UnixSocketTest, TellsWhatIsMissing) {
    address = *Address::parse("unix:" + (folder / "none" / "s").string());
    const auto socket = listen();
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error(), "the socket cannot be created: No such file or directory");
}

TEST_F(UnixSocketTest, LeavesNothingBehindWhereItsOwnerIsRefused) {
    if (geteuid() == 0) GTEST_SKIP() << "who may do everything is refused nothing";
    const auto socket = listen({.mode = 0660, .owner = uid_t{0}, .group = {}});
    ASSERT_FALSE(socket);
    EXPECT_TRUE(socket.error().contains("unix_socket_owner")) << socket.error();
    EXPECT_FALSE(fs::exists(fs::symlink_status(path)));
}

}  // namespace
}  // namespace sluice::io
