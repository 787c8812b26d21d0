// What one condition of a rule's `when` makes of a request.
#include "resource/policy/condition.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/json.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

/// Of a call with these arguments.
Truth test_arguments(ConditionSettings settings, std::string_view arguments) {
    const auto document = JsonDocument::parse(arguments).value();
    const auto condition = Condition::compile(settings).value();
    return condition.test({.object = "tool", .arguments = {true, document.root()}});
}

Truth test_person(ConditionSettings settings, const std::vector<token::Attribute>& attributes) {
    return Condition::compile(settings).value().test({.object = "tool", .attributes = attributes});
}

TEST(Condition, TestsOneOfSeveralValues) {
    const ConditionSettings when{"user.department", {"engineering", "support"}};
    EXPECT_EQ(test_person(when, {{"department", "support"}}), Truth::yes);
    EXPECT_EQ(test_person(when, {{"department", "Support"}}), Truth::no);
    EXPECT_EQ(test_person(when, {{"dept", "support"}}), Truth::no);
}

TEST(Condition, AnAttributeMayHaveSeveralValues) {
    const std::vector<token::Attribute> groups = {{"groups", "a"}, {"groups", "b"}};
    EXPECT_EQ(test_person({"user.groups", {"b", "c"}}, groups), Truth::yes);
    EXPECT_EQ(test_person({.attribute = "user.groups", .all_of = {"a", "b"}}, groups), Truth::yes);
    EXPECT_EQ(test_person({.attribute = "user.groups", .all_of = {"a", "c"}}, groups), Truth::no);
    EXPECT_EQ(test_person({.attribute = "user.groups", .match = "[b-z]"}, groups), Truth::yes);
}

TEST(Condition, TestsScopesOfTheToken) {
    const token::ScopeSet granted = scopes("read write");
    const auto test = [&](ConditionSettings settings) {
        return Condition::compile(settings).value().test({.object = "tool", .granted = &granted});
    };
    EXPECT_EQ(test({"scope", {"admin", "write"}}), Truth::yes);
    EXPECT_EQ(test({.attribute = "scope", .all_of = {"admin", "write"}}), Truth::no);
}

TEST(Condition, APatternMatchesAWholeArgument) {
    const ConditionSettings when{.attribute = "args.path", .match = "/public/.*"};
    EXPECT_EQ(test_arguments(when, R"({"path":"/public/a"})"), Truth::yes);
    EXPECT_EQ(test_arguments(when, R"({"path":"/private/public/a"})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"path":null})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"other":"/public/a"})"), Truth::no);
    EXPECT_EQ(test_arguments(when, "{}"), Truth::no);
}

TEST(Condition, WhatNobodyCanBeSureOfIsUnknown) {
    const ConditionSettings when{.attribute = "args.path", .match = "/public/.*"};
    EXPECT_EQ(test_arguments(when, R"({"path":{"x":"/public/a"}})"), Truth::unknown);
    EXPECT_EQ(test_arguments(when, R"({"path":"/public/a","PATH":"/private"})"), Truth::unknown)
        << "some servers ignore letter case";
    EXPECT_EQ(test_arguments(when, R"({"Path":"/public/a"})"), Truth::unknown);
    EXPECT_EQ(test_arguments(when, R"("/public/a")"), Truth::unknown);
    EXPECT_EQ(Condition::compile(when).value().test({.object = "tool"}), Truth::unknown);
}

TEST(Condition, EveryElementOfAListHasToPass) {
    const ConditionSettings when{.attribute = "args.paths", .match = "/public/.*"};
    EXPECT_EQ(test_arguments(when, R"({"paths":["/public/a","/public/b"]})"), Truth::yes);
    EXPECT_EQ(test_arguments(when, R"({"paths":["/public/a","/etc/passwd"]})"), Truth::unknown);
    EXPECT_EQ(test_arguments(when, R"({"paths":["/etc/passwd"]})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"paths":[]})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"paths":[["/public/a"]]})"), Truth::unknown);
}

TEST(Condition, FollowsAPathIntoInnerObjects) {
    const ConditionSettings when{"args.options.mode", {"safe"}};
    EXPECT_EQ(test_arguments(when, R"({"options":{"mode":"safe"}})"), Truth::yes);
    EXPECT_EQ(test_arguments(when, R"({"options":{"mode":"fast"}})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"options":null})"), Truth::no);
    EXPECT_EQ(test_arguments(when, R"({"options":"safe"})"), Truth::unknown);
}

TEST(Condition, NumbersAreComparedByValue) {
    EXPECT_EQ(test_arguments({"args.n", {"3"}}, R"({"n":3})"), Truth::yes);
    EXPECT_EQ(test_arguments({"args.n", {"3"}}, R"({"n":3.0})"), Truth::yes);
    EXPECT_EQ(test_arguments({"args.n", {"3"}}, R"({"n":30})"), Truth::no);
    EXPECT_EQ(test_arguments({"args.n", {"true"}}, R"({"n":true})"), Truth::yes);
    const ConditionSettings at_most{.attribute = "args.n", .max = 100};
    EXPECT_EQ(test_arguments(at_most, R"({"n":100})"), Truth::yes);
    EXPECT_EQ(test_arguments(at_most, R"({"n":100.5})"), Truth::no);
    EXPECT_EQ(test_arguments(at_most, R"({"n":"many"})"), Truth::no);
    EXPECT_EQ(test_arguments({.attribute = "args.n", .min = 1, .max = 5}, R"({"n":0})"), Truth::no);
}

TEST(Condition, SaysWhyItIsNone) {
    EXPECT_FALSE(Condition::compile({"department", {"x"}}));
    EXPECT_FALSE(Condition::compile({"user.", {"x"}}));
    EXPECT_FALSE(Condition::compile({"args.a..b", {"x"}}));
    EXPECT_FALSE(Condition::compile({.attribute = "args.a", .all_of = {"x"}}));
    const auto pattern = Condition::compile({.attribute = "args.a", .match = "("});
    ASSERT_FALSE(pattern);
    EXPECT_NE(pattern.error().find('('), std::string::npos);
}

}  // namespace
}  // namespace sluice::resource
