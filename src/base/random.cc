#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace sluice {
namespace {

void fill_from_kernel(std::span<std::byte> out) {
    while (!out.empty()) {
        const ssize_t got = getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;  // a signal, before any byte of a long request
        CHECK(got > 0, "getrandom(2) gave no bytes");
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace

SystemRandom::~SystemRandom() {
    explicit_bzero(block_.data(), block_.size());
}

void SystemRandom::fill(std::span<std::byte> out) {
    if (out.empty()) return;  // memcpy() takes no null pointer
    CHECK(used_ <= block_.size());
    if (out.size() > block_.size()) return fill_from_kernel(out);
    if (block_.size() - used_ < out.size()) {
        fill_from_kernel(block_);
        used_ = 0;
    }
    std::memcpy(out.data(), block_.data() + used_, out.size());
    explicit_bzero(block_.data() + used_, out.size());
    used_ += out.size();
}

void SeededRandom::fill(std::span<std::byte> out) {
    while (!out.empty()) {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        const std::size_t count = std::min(out.size(), sizeof mixed);
        std::memcpy(out.data(), &mixed, count);
        out = out.subspan(count);
    }
}

}  // namespace sluice
