// Scopes: a set holds names of RFC 6749 §3.3 alone, within its limits, and set operations lose and
// invent none.
#include "token/scope.h"

#include <algorithm>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

// Two sets, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using token::ScopeSet;
    const std::string_view input = fuzz::text_of(data, size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const auto a = ScopeSet::parse(input.substr(0, end));
    const auto b = ScopeSet::parse(input.substr(std::min(end + 1, input.size())));
    for (const auto* set : {&a, &b}) {
        if (!*set) {
            CHECK(!set->error().reason.empty());
            continue;
        }
        CHECK((*set)->size() <= ScopeSet::name_count_max);
        CHECK((*set)->text().size() <= ScopeSet::text_size_max);
        for (const std::string_view name : **set) CHECK(ScopeSet::is_name(name), name);
        const auto again = ScopeSet::parse((*set)->text());
        CHECK(again && again->text() == (*set)->text(), (*set)->text());
    }
    if (!a || !b) return 0;
    const ScopeSet all = a->union_with(*b);
    const ScopeSet both = a->intersection_with(*b);
    const ScopeSet rest = a->without(*b);
    CHECK(all.includes(*a) && all.includes(*b) && all == b->union_with(*a), all.text());
    CHECK(a->includes(both) && b->includes(both), both.text());
    CHECK(both.size() + rest.size() == a->size() && both.union_with(rest) == *a, rest.text());
    for (const std::string_view name : rest) CHECK(!b->contains(name), name);
    return 0;
}
