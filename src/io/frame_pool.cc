#include "io/frame_pool.h"

#include <array>
#include <new>

namespace sluice::io {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLUICE_PLAIN_FRAMES 1  // let the sanitizer see each frame's life
#endif
#endif

#ifdef SLUICE_PLAIN_FRAMES
}  // namespace

void* allocate_frame(std::size_t size) {
    return ::operator new(size);
}
void release_frame(void* block, std::size_t) noexcept {
    ::operator delete(block);
}

#else

constexpr std::size_t step = 64;
constexpr std::size_t pooled_max = 4096;

struct FreeBlock {
    FreeBlock* next;
};

struct FreeLists {
    std::array<FreeBlock*, pooled_max / step + 1> heads{};

    ~FreeLists() {
        for (FreeBlock* head : heads) {
            while (head != nullptr) {
                FreeBlock* next = head->next;
                ::operator delete(head);
                head = next;
            }
        }
    }
};

constinit thread_local FreeLists free_lists;

constexpr std::size_t size_class(std::size_t size) {
    return (size + step - 1) / step;
}

}  // namespace

void* allocate_frame(std::size_t size) {
    if (size > pooled_max) return ::operator new(size);
    FreeBlock*& head = free_lists.heads[size_class(size)];
    if (head == nullptr) return ::operator new(size_class(size) * step);
    FreeBlock* block = head;
    head = block->next;
    return block;
}

void release_frame(void* block, std::size_t size) noexcept {
    if (size > pooled_max) return ::operator delete(block);
    FreeBlock*& head = free_lists.heads[size_class(size)];
    head = new (block) FreeBlock{head};
}

#endif

}  // namespace sluice::io
