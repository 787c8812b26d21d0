#include "resource/metadata/challenge.h"

namespace sluice::resource {
namespace {

void append_parameter(PooledText& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += out.ends_with("Bearer") ? " " : ", ";
    out += name;
    out += "=\"";
    const bool is_description = name == "error_description";
    for (const char c : value) {
        if (c == '"' || c == '\\' || c < 0x20 || c == 0x7f) continue;
        out += is_description && c == '=' ? ' ' : c;
    }
    out += '"';
}

}  // namespace

PooledText challenge_text(const Challenge& challenge) {
    PooledText text = "Bearer";
    append_parameter(text, "error", challenge.error);
    append_parameter(text, "resource_metadata", challenge.resource_metadata);
    if (challenge.scope != nullptr) append_parameter(text, "scope", challenge.scope->text());
    append_parameter(text, "error_description", challenge.error_description);
    return text;
}

token::ScopeSet for_discovery(const token::ScopeSet& scopes) {
    token::ScopeSet kept;
    for (const std::string_view name : scopes) {
        if (name != "offline_access") kept.insert(name);
    }
    return kept;
}

token::ScopeSet step_up_scope(const token::ScopeSet& granted, const token::ScopeSet& needed) {
    return for_discovery(granted.union_with(needed));
}

}  // namespace sluice::resource
