// A secret leaves no copy behind and cannot be printed.
#include "base/secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

namespace sluice {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(Printable<std::string> && !Printable<Secret>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

/// Storage whose bytes may be looked at before and after a Secret lives in it.
struct Place {
    alignas(Secret) std::byte bytes[sizeof(Secret)]{};

    bool holds(std::string_view text) const {
        const auto* from = reinterpret_cast<const char*>(bytes);
        return std::string_view(from, sizeof bytes).find(text) != std::string_view::npos;
    }
};

TEST(Secret, IsErasedWhereItIsDropped) {
    Place place;
    auto* secret = new (place.bytes) Secret("hunter2");
    ASSERT_TRUE(place.holds("hunter2")) << "a short text lies inside of the object";
    std::destroy_at(secret);
    EXPECT_FALSE(place.holds("hunter2"));
}

TEST(Secret, IsErasedWhereItIsMovedFrom) {
    Place place;
    auto* secret = new (place.bytes) Secret("hunter2");
    ASSERT_TRUE(place.holds("hunter2"));
    const Secret other = std::move(*secret);
    EXPECT_FALSE(place.holds("hunter2"));
    EXPECT_TRUE(secret->empty());
    EXPECT_EQ(other.reveal(), "hunter2");
    std::destroy_at(secret);
}

TEST(Secret, ErasesWhatItIsAssignedOver) {
    Secret secret("a text that is too long for a small string");
    const char* const bytes = secret.reveal().data();
    const std::size_t size = secret.reveal().size();
    secret = Secret("new");
    ASSERT_EQ(secret.reveal().data(), bytes) << "a short text goes into the buffer that is there";
    EXPECT_EQ(secret.reveal(), "new");
    EXPECT_TRUE(std::all_of(bytes + 3, bytes + size, [](char c) { return c == '\0'; }));
}

TEST(Secret, KeepsItsTextThroughCopiesAndMoves) {
    for (const std::string& text : {std::string(), std::string("short"), std::string(100, 'x')}) {
        Secret secret(text);
        Secret copy = secret;
        Secret moved = std::move(secret);
        EXPECT_EQ(copy.reveal(), text);
        EXPECT_EQ(moved.reveal(), text);
        copy = Secret("another");
        EXPECT_EQ(moved.reveal(), text);
        moved = copy;
        EXPECT_EQ(moved.reveal(), "another");
        const Secret& same = moved;
        moved = same;
        EXPECT_EQ(moved.reveal(), "another");
        EXPECT_EQ(moved.empty(), false);
        EXPECT_EQ(Secret(text).empty(), text.empty());
    }
}

}  // namespace
}  // namespace sluice
