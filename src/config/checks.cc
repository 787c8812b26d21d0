#include "config/checks.h"

#include <algorithm>

namespace sluice::config {
namespace {

void check_known_scope(std::string_view name, const token::ScopeSet* known, const Place& place,
                       Problems& problems) {
    if (!token::ScopeSet::is_name(name)) {
        problems.add(place, fmt::format("\"{}\" is not a valid scope: printable ASCII without "
                                        "space, \" and \\ (RFC 6749 section 3.3)",
                                        name));
    } else if (known && !known->contains(name)) {
        problems.add(place,
                     fmt::format("the scope \"{}\" is not in [auth.scopes]; add it there, with "
                                 "the words that a person reads",
                                 name));
    }
}

}  // namespace

std::uint32_t check_count(const Setting<std::int64_t>& setting, std::int64_t least,
                          std::int64_t most, Problems& problems) {
    const std::int64_t count = check_range(setting, least, most, problems);
    return static_cast<std::uint32_t>(std::clamp(count, least, most));
}

bool check_given(const Setting<std::string>& setting, std::string_view what, Problems& problems) {
    if (!setting->empty()) return true;
    problems.add(setting.place, fmt::format("is missing: {}", what));
    return false;
}

std::string check_line(const Setting<std::string>& setting, Problems& problems) {
    const bool printable = std::ranges::none_of(
        *setting, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!printable) problems.add(setting.place, "must not contain control characters");
    if (setting->size() > 1000) problems.add(setting.place, "is longer than 1000 bytes");
    return *setting;
}

Secret resolve_secret(const RawSecret& raw, const Environment& environment, Problems& problems) {
    const int ways = int{raw.literal.given} + int{raw.env.given} + int{raw.file.given};
    if (ways > 1) {
        problems.add(raw.place(),
                     "is given in more than one way; keep one of the literal, _env and _file");
        return {};
    }
    if (raw.env.given) {
        const auto value = environment.variable(*raw.env);
        if (value && !value->empty()) return Secret(*value);
        problems.add(raw.env.place, "the environment variable that it names is not set or empty");
        return {};
    }
    if (raw.file.given) {
        auto text = environment.file(*raw.file);
        while (text && (text->ends_with('\n') || text->ends_with('\r'))) text->pop_back();
        if (text && !text->empty()) return Secret(std::move(*text));
        problems.add(raw.file.place, "the file that it names is empty or cannot be read");
        return {};
    }
    if (raw.literal.given && raw.literal->empty()) problems.add(raw.literal.place, "is empty");
    return *raw.literal;
}

token::ScopeSet check_scopes(const Setting<std::string>& setting, const token::ScopeSet* known,
                             Problems& problems) {
    const auto scopes = token::ScopeSet::parse(*setting);
    if (!scopes) {
        problems.add(setting.place,
                     fmt::format("{}; scopes are separated by spaces", scopes.error().reason));
        return {};
    }
    for (const std::string_view name : *scopes)
        check_known_scope(name, known, setting.place, problems);
    return *scopes;
}

token::ScopeSet check_scopes(const StringList& list, const token::ScopeSet* known,
                             Problems& problems) {
    token::ScopeSet scopes;
    for (const auto& name : list) {
        check_known_scope(*name, known, name.place, problems);
        if (token::ScopeSet::is_name(*name)) scopes.insert(*name);
    }
    return scopes;
}

void UniqueNames::check(const Setting<std::string>& name) {
    const auto same = [&](const auto* other) { return **other == *name; };
    const auto first = std::ranges::find_if(seen_, same);
    if (first != seen_.end()) {
        problems_.add(name.place, fmt::format("\"{}\" is already the {} of line {}", *name, what_,
                                              (*first)->place.line));
    } else if (!name->empty()) {
        seen_.push_back(&name);
    }
}

}  // namespace sluice::config
