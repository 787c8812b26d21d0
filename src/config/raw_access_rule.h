// [[resource.tool]] and [[resource.rule]] as they are written: every key with its default.
#pragma once

#include <string>
#include <vector>

#include "config/quantity.h"
#include "config/setting.h"

namespace sluice::config {

/// One entry of `when`: "user.department" = ["engineering", "support"], or a table with one of
/// these keys. A text, number, true or false alone is a list of one.
struct RawCondition {
    Place place;
    StringList any;              // it has one of these values
    StringList all;              // it has each of these values
    Setting<std::string> match;  // RE2: it matches whole
    Setting<double> min = 0.0;   // a number, this one or more
    Setting<double> max = 0.0;   // a number, this one or less

    void each_key(auto& key) {
        key("any", any);
        key("all", all);
        key("match", match);
        key("min", min);
        key("max", max);
    }
};

struct RawToolRule {
    Place place;
    Setting<std::string> match;             // required: RE2, has to match the tool's whole name
    Setting<std::string> action = "allow";  // allow | deny
    StringList scopes;                      // all of them are needed, beside required_scopes
    std::vector<Named<RawCondition>> when;  // attribute = what it has to be; all of them

    void each_key(auto& key) {
        key("match", match);
        key("action", action);
        key("scopes", scopes);
        key("when", when);
    }
};

/// Of what is no tool: resources, prompts, completions, tasks.
struct RawMethodRule {
    Place place;
    Setting<std::string> method;        // required: "resources/read", "tasks/*"
    Setting<std::string> match = ".*";  // RE2, of a resource's whole URI, a prompt's whole name
    Setting<std::string> action = "allow";
    StringList scopes;
    std::vector<Named<RawCondition>> when;

    void each_key(auto& key) {
        key("method", method);
        key("match", match);
        key("action", action);
        key("scopes", scopes);
        key("when", when);
    }
};

}  // namespace sluice::config
