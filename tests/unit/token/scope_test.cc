// Sets of scopes: the syntax of RFC 6749 §3.3 and the operations on them.
#include "token/scope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace sluice::token {
namespace {

ScopeSet scopes(std::string_view text) {
    return ScopeSet::parse(text).value();
}

TEST(ScopeSet, KeepsTheOrderOfInsertionAndDropsDuplicates) {
    EXPECT_EQ(scopes("mcp:write mcp:read mcp:write openid").text(), "mcp:write mcp:read openid");
    EXPECT_EQ(scopes("mcp:write mcp:read mcp:write openid").size(), 3U);
}

TEST(ScopeSet, TakesRunsOfSpacesAsOneSeparator) {
    EXPECT_EQ(scopes("  read  write ").text(), "read write");
    EXPECT_EQ(scopes("").size(), 0U);
    EXPECT_TRUE(scopes("   ").empty());
}

TEST(ScopeSet, TakesExactlyTheCharactersOfRfc6749) {
    for (int c = 1; c < 256; ++c) {
        if (c == ' ') continue;
        const bool allowed = c == 0x21 || (c >= 0x23 && c <= 0x5b) || (c >= 0x5d && c <= 0x7e);
        const std::string name = std::string("a") + static_cast<char>(c);
        EXPECT_EQ(ScopeSet::parse("ok " + name).has_value(), allowed) << c;
        EXPECT_EQ(ScopeSet::is_name(name), allowed) << c;
    }
    EXPECT_FALSE(ScopeSet::parse(std::string_view("a\0b", 3)));
    EXPECT_FALSE(ScopeSet::is_name(""));
    EXPECT_FALSE(ScopeSet::is_name("a b"));
}

TEST(ScopeSet, LooksUpWholeNamesOfTheSameCase) {
    const ScopeSet set = scopes("mcp:read mcp:write");
    EXPECT_TRUE(set.contains("mcp:read"));
    EXPECT_TRUE(set.contains("mcp:write"));
    EXPECT_FALSE(set.contains("mcp:rea"));
    EXPECT_FALSE(set.contains("cp:read"));
    EXPECT_FALSE(set.contains("MCP:read"));
    EXPECT_FALSE(set.contains(""));
    EXPECT_FALSE(set.contains("mcp:read mcp:write"));
    EXPECT_FALSE(ScopeSet().contains("mcp:read"));
    EXPECT_FALSE(ScopeSet().contains(""));
}

TEST(ScopeSet, IncludesEverySubsetInWhateverOrder) {
    const ScopeSet set = scopes("a b c");
    EXPECT_TRUE(set.includes(scopes("c a")));
    EXPECT_TRUE(set.includes(set));
    EXPECT_TRUE(set.includes(ScopeSet()));
    EXPECT_FALSE(set.includes(scopes("a d")));
    EXPECT_FALSE(ScopeSet().includes(set));
}

TEST(ScopeSet, IsEqualToTheSameNamesInAnotherOrder) {
    EXPECT_EQ(scopes("a b"), scopes("b a"));
    EXPECT_NE(scopes("a b"), scopes("a"));
    EXPECT_NE(scopes("a"), scopes("a b"));
}

TEST(ScopeSet, CombinesInTheOrderOfTheFirst) {
    const ScopeSet a = scopes("read write");
    const ScopeSet b = scopes("delete write");
    EXPECT_EQ(a.union_with(b).text(), "read write delete");
    EXPECT_EQ(a.intersection_with(b).text(), "write");
    EXPECT_EQ(a.without(b).text(), "read");
    EXPECT_EQ(ScopeSet().union_with(b).text(), "delete write");
    EXPECT_TRUE(a.intersection_with(ScopeSet()).empty());
    ScopeSet self = a;
    self.insert(self);
    EXPECT_EQ(self.text(), "read write");
}

TEST(ScopeSet, IteratesOverItsNames) {
    const auto names_of = [](const ScopeSet& set) {
        return std::vector<std::string>(set.begin(), set.end());
    };
    EXPECT_EQ(names_of(scopes("a bc d")), (std::vector<std::string>{"a", "bc", "d"}));
    EXPECT_EQ(names_of(scopes("a")), std::vector<std::string>{"a"});
    EXPECT_TRUE(names_of(ScopeSet()).empty());
}

TEST(ScopeSet, RefusesTooManyNamesAndTooLongTexts) {
    std::string names;
    for (std::size_t i = 0; i < ScopeSet::name_count_max; ++i) names += std::to_string(i) + " ";
    EXPECT_EQ(scopes(names).size(), ScopeSet::name_count_max);
    EXPECT_FALSE(ScopeSet::parse(names + "more"));
    EXPECT_TRUE(ScopeSet::parse(std::string(ScopeSet::text_size_max, 'a')));
    EXPECT_FALSE(ScopeSet::parse(std::string(ScopeSet::text_size_max + 1, 'a')));
}

TEST(ScopeSet, ReadsBackWhatItWrites) {
    SeededRandom random(6749);
    constexpr std::string_view letters = "ab  c";
    for (int i = 0; i < 2'000; ++i) {
        std::string text;
        for (std::uint64_t n = random.next_u64() % 16; n > 0; --n) {
            text += letters[random.next_u64() % letters.size()];
        }
        const ScopeSet set = scopes(text);
        const ScopeSet again = scopes(set.text());
        EXPECT_EQ(again.text(), set.text());
        for (const std::string_view name : set) EXPECT_TRUE(again.contains(name)) << text;
    }
}

}  // namespace
}  // namespace sluice::token
