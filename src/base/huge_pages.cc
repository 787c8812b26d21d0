// Mapping memory so that huge pages fit into it.
#include "base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>

#include "base/check.h"

namespace sluice {
namespace {

constexpr std::size_t small_page = 4096;

std::size_t round_up(std::size_t bytes, std::size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

std::byte* map(std::size_t bytes) {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(memory != MAP_FAILED, "no memory");
    return static_cast<std::byte*>(memory);
}

}  // namespace

HugePages::HugePages(std::size_t bytes, std::size_t small_bytes)
    : size_(round_up(bytes, small_page)) {
    CHECK(bytes > 0, "no memory was asked for");
    if (size_ < huge_page) {
        data_ = map(size_);
        return;
    }
    // One huge page more than asked for, and what does not begin or end on one is given back.
    std::byte* const wide = map(size_ + huge_page);
    const auto address = reinterpret_cast<std::uintptr_t>(wide);
    const std::size_t before = round_up(address, huge_page) - address;
    data_ = wide + before;
    if (before > 0) munmap(wide, before);
    if (before < huge_page) munmap(data_ + size_, huge_page - before);
    CHECK(reinterpret_cast<std::uintptr_t>(data_) % huge_page == 0);
    const std::size_t first_huge = round_up(small_bytes, huge_page);
    // Only advice: without it the table works, slower.
    if (first_huge < size_) madvise(data_ + first_huge, size_ - first_huge, MADV_HUGEPAGE);
}

HugePages::~HugePages() {
    if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace sluice
