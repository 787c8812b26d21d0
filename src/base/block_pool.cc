#include "base/block_pool.h"

#include <array>
#include <new>

#include "base/check.h"

namespace sluice {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLUICE_PLAIN_BLOCKS 1  // let the sanitizer see each block's life
#endif
#endif

#ifdef SLUICE_PLAIN_BLOCKS
}  // namespace

void* allocate_block(std::size_t size) {
    return ::operator new(size);
}
void release_block(void* block, std::size_t) noexcept {
    ::operator delete(block);
}

#else

constexpr std::size_t step = 64;
constexpr std::size_t pooled_max = 4096;
constexpr std::size_t kept_bytes_max = std::size_t{8} * 1024 * 1024;  // of one size

struct FreeBlock {
    FreeBlock* next;
};

struct FreeList {
    FreeBlock* head = nullptr;
    std::size_t count = 0;
};

struct FreeLists {
    std::array<FreeList, pooled_max / step + 1> by_class{};

    ~FreeLists() {
        for (FreeList& list : by_class) {
            while (list.head != nullptr) {
                FreeBlock* next = list.head->next;
                ::operator delete(list.head);
                list.head = next;
            }
            list.count = kept_bytes_max;  // what is given back from now on is not kept
        }
    }
};

constinit thread_local FreeLists free_lists;

constexpr std::size_t size_class(std::size_t size) {
    return (size + step - 1) / step;
}

}  // namespace

void* allocate_block(std::size_t size) {
    CHECK(size > 0, "a free block holds the list's link");
    if (size > pooled_max) return ::operator new(size);
    FreeList& list = free_lists.by_class[size_class(size)];
    if (list.head == nullptr) return ::operator new(size_class(size) * step);
    CHECK(list.count > 0);
    FreeBlock* block = list.head;
    list.head = block->next;
    --list.count;
    return block;
}

void release_block(void* block, std::size_t size) noexcept {
    CHECK(block != nullptr && size > 0);
    if (size > pooled_max) return ::operator delete(block);
    const std::size_t rounded = size_class(size);
    FreeList& list = free_lists.by_class[rounded];
    if (list.count * rounded * step >= kept_bytes_max) return ::operator delete(block);
    list.head = new (block) FreeBlock{list.head};
    ++list.count;
}

#endif

}  // namespace sluice
