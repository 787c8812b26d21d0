#include "oauth/settings.h"

namespace sluice::oauth {

token::ScopeSet known_scopes(const Settings& settings) {
    token::ScopeSet names;
    for (const ScopeSetting& scope : settings.scopes) names.insert(scope.name);
    return names;
}

}  // namespace sluice::oauth
