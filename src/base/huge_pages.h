// Huge pages: zeroed memory straight from the kernel (mmap, THP), for tables of many megabytes.
#pragma once

#include <cstddef>
#include <utility>

namespace sluice {

/// Address space whose memory is taken as it is first written to. A random access into a large
/// table costs two to three misses with pages of 4 KiB and one with pages of 2 MiB.
class HugePages {
public:
    static constexpr std::size_t huge_page = std::size_t{2} << 20;

    HugePages() = default;
    /// bytes  Rounded up to whole pages. A process without memory for it ends.
    /// small_bytes  So much at the front stays in small pages, so that a small table stays small.
    explicit HugePages(std::size_t bytes, std::size_t small_bytes = huge_page);
    HugePages(HugePages&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    HugePages& operator=(HugePages&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~HugePages();

    /// Starts at a multiple of huge_page where it is at least as long; null where empty.
    std::byte* data() const { return data_; }
    std::size_t size() const { return size_; }

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace sluice
