// Rights of a resource server: the resources whose tokens it may ask about (RFC 7662 §2.1, §4).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "token/resource_identifier.h"

namespace sluice::token {

/// Over no resource, over some, or over all. A copy shares the list and allocates nothing.
class ResourceRights {
public:
    ResourceRights() = default;  // over none
    static ResourceRights all();
    static ResourceRights over(const std::vector<ResourceIdentifier>& resources);

    bool none() const { return !all_ && named_ == nullptr; }
    /// identifier  Canonical, as tokens of this process have it; "" is that of a token for no
    /// resource in particular, which only rights over all cover.
    bool cover(std::string_view identifier) const;

private:
    bool all_ = false;
    std::shared_ptr<const std::vector<std::string>> named_;  // null: none
};

}  // namespace sluice::token
