// Condition of an access rule (one entry of its `when`): a test of one attribute.
//
//   client_id      the client; `sub` the person
//   scope          the names of the scopes that were granted
//   user.NAME      what is known of the person: `user.department`, `user.groups`
//   args.NAME      an argument of the call; `args.options.mode` is a member of an inner object
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resource/policy/access_request.h"
#include "resource/policy/pattern.h"
#include "resource/policy/truth.h"
#include "resource/settings.h"

namespace sluice::resource {

/// Immutable. Testing allocates nothing and takes time linear in what is tested.
class Condition {
public:
    /// Errors: an attribute that does not exist, a pattern that RE2 refuses.
    static std::expected<Condition, std::string> compile(const ConditionSettings& settings);

    /// An attribute that the person or the call does not have is `no`. `unknown` are: a person of
    /// whom nobody knows anything, arguments that nobody has seen, an argument that is no text,
    /// number or boolean, one that is there twice (also in other letter case, since some servers
    /// ignore it). Of an array of them `yes` is that every element passes, `no` that none does.
    Truth test(const AccessRequest& request) const;

    const std::string& attribute() const { return settings_.attribute; }
    bool is_about_arguments() const { return source_ == Source::argument; }
    bool is_about_person() const { return source_ == Source::person; }

private:
    enum class Source : std::uint8_t { client_id, subject, scope, person, argument };

    Condition() = default;

    bool accepts(std::string_view value) const;
    Truth test_scopes(const AccessRequest& request) const;
    Truth test_person(const AccessRequest& request) const;
    Truth test_argument(const JsonValue& value) const;
    Truth test_value(const JsonValue& value) const;

    ConditionSettings settings_;
    Source source_ = Source::client_id;
    std::string name_;               // user.NAME
    std::vector<std::string> path_;  // args.NAME.NAME
    std::optional<Pattern> match_;
};

}  // namespace sluice::resource
