// What the kernel is told of every TCP connection.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_calls.h"

namespace sluice::io {
namespace {

int option_of(int fd, int level, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(getsockopt(fd, level, option, &value, &size), 0);
    return value;
}

void expect_to_notice_who_vanishes(int fd) {
    EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    const int seconds =
        option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE) +
        option_of(fd, IPPROTO_TCP, TCP_KEEPINTVL) * option_of(fd, IPPROTO_TCP, TCP_KEEPCNT);
    EXPECT_LE(seconds, 60);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), seconds * 1000);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(SocketOptions, NoticeWhoVanishesOnBothSides) {
    for (const char* any : {"127.0.0.1:0", "[::1]:0"}) {
        const auto listener = listen_on(*Address::parse(any));
        ASSERT_TRUE(listener.has_value());
        const Address there = local_address_of(*listener);
        const auto ours = socket_for(there);
        ASSERT_TRUE(ours.has_value());
        ASSERT_EQ(connect(*ours, there.native(), there.native_length()), 0);
        const int theirs = accept(*listener, nullptr, nullptr);
        ASSERT_GE(theirs, 0);
        expect_to_notice_who_vanishes(*ours);
        expect_to_notice_who_vanishes(theirs);
        for (const int fd : {*listener, *ours, theirs}) close(fd);
    }
}

TEST(SocketOptions, TheAddressOfWhoIsGoneIsNobodys) {
    EXPECT_EQ(Address().ip_text(), "unknown");
    EXPECT_EQ(Address::parse("unix:/run/sluice.sock")->ip_text(), "unix");
}

}  // namespace
}  // namespace sluice::io
