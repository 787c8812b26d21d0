// The `scope` of a registration request in the shapes that clients send.
#include "oauth/scope_field.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::oauth {
namespace {

/// Of `{"scope": <json>}`, with "default" as what an absent scope gives.
std::string names_of(std::string_view json) {
    const auto document = JsonDocument::parse("{\"scope\":" + std::string(json) + "}").value();
    return parse_scope_field(document.root().find("scope"), "default").value_or("refused");
}

TEST(ScopeField, TakesATextAsItIs) {
    EXPECT_EQ(names_of(R"("read write")"), "read write");
    EXPECT_EQ(names_of(R"("  read  write ")"), "  read  write ");
}

TEST(ScopeField, JoinsAnArrayOfTexts) {
    EXPECT_EQ(names_of(R"(["read","write"])"), "read write");
    EXPECT_EQ(names_of(R"("[\"read\", \"write\"]")"), "read write") << "written inside of a text";
}

TEST(ScopeField, IsTheDefaultWhereItIsEmpty) {
    EXPECT_EQ(parse_scope_field(std::nullopt, "default"), "default");
    for (const std::string_view json : {"null", R"("")", "[]"}) {
        EXPECT_EQ(names_of(json), "default") << json;
    }
}

TEST(ScopeField, IsEmptyWhereATextSpellsAnEmptyArray) {
    EXPECT_EQ(names_of(R"("[]")"), "");
    EXPECT_EQ(names_of(R"("[ ]")"), "");
}

TEST(ScopeField, KeepsATextThatOnlyLooksLikeAnArray) {
    EXPECT_EQ(names_of(R"("[")"), "[");
    EXPECT_EQ(names_of(R"("[\"read\"")"), "[\"read\"");
    EXPECT_EQ(names_of(R"("[1]")"), "[1]");
}

TEST(ScopeField, IsRefusedWhereItIsOfAnotherType) {
    for (const std::string_view json :
         {"5", "true", "{}", "[5]", R"(["read",null])", R"([["read"]])"}) {
        EXPECT_EQ(names_of(json), "refused") << json;
    }
}

}  // namespace
}  // namespace sluice::oauth
