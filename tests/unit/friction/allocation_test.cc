// The hot path allocates nothing: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "support.h"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    std::abort();
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace sluice::friction {
namespace {

TEST(FrictionAllocations, AKnownClientsCallsAllocateNothing) {
    RawFrictionConfig raw = plain_config();
    raw.saturation_window = 3;
    raw.groups = {{.name = "all", .tools = {"write"}, .aggregate_target = 0.1}};
    const FrictionConfig config = valid(raw);
    Registry registry(config, test_hash_key);
    const std::string client = "https://auth.example|a client with a long name|and a subject";
    registry.check_and_record(client, config.tool("write"), at(0));
    const std::size_t before = allocations;
    int refused = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string_view tool = i % 20 == 0 ? "a tool that nobody has configured" : "write";
        refused += registry.check_and_record(client, config.tool(tool), at(i)).allowed ? 0 : 1;
    }
    EXPECT_EQ(allocations, before);
    EXPECT_GT(refused, 0);
    EXPECT_LT(refused, 1000);
}

TEST(FrictionAllocations, ANewClientInAnEvictedOnesPlaceAllocatesNothing) {
    RawFrictionConfig raw = plain_config();
    raw.max_clients = 4;
    const FrictionConfig config = valid(raw);
    Registry registry(config, test_hash_key);
    std::vector<std::string> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back("a client with a long name " + std::to_string(i));
    const auto visit_all = [&] {
        for (const auto& client : clients) registry.record(client, config.tool("read"), at(0));
    };
    visit_all();
    const std::size_t before = allocations;
    visit_all();
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(registry.size(), 4U);
    const auto probe = std::make_unique<int>(1);
    EXPECT_EQ(allocations, before + 1);  // the counter does count
}

}  // namespace
}  // namespace sluice::friction
