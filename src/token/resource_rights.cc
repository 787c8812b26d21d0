#include "token/resource_rights.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::token {

ResourceRights ResourceRights::all() {
    ResourceRights rights;
    rights.all_ = true;
    return rights;
}

ResourceRights ResourceRights::over(const std::vector<ResourceIdentifier>& resources) {
    ResourceRights rights;
    if (resources.empty()) return rights;
    std::vector<std::string> named;
    for (const ResourceIdentifier& resource : resources) named.emplace_back(resource.text());
    rights.named_ = std::make_shared<const std::vector<std::string>>(std::move(named));
    CHECK(!rights.none());
    return rights;
}

bool ResourceRights::cover(std::string_view identifier) const {
    return all_ || (named_ != nullptr && std::ranges::find(*named_, identifier) != named_->end());
}

}  // namespace sluice::token
