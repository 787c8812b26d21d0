// Which hosts a server answers for: the defence against pages that rebind DNS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// A page may let its own name resolve to a loopback address, and its scripts then reach what
/// listens there as their own origin. Only Host still has the page's name.
class HostRule {
public:
    enum class Addresses : std::uint8_t { loopback, all };  // such a literal is nobody's name

    /// names  Hosts without port, in any case; addresses without brackets.
    explicit HostRule(const std::vector<std::string>& names,
                      Addresses addresses = Addresses::loopback);

    /// authority  Of Host: "name", "name:8080", "[::1]:8080". "localhost" is allowed always.
    bool allows(std::string_view authority) const;
    /// Whether it is one of the names, whatever else is allowed.
    bool names(std::string_view authority) const;

private:
    std::vector<std::string> names_;  // in lower case
    Addresses addresses_;
};

}  // namespace sluice::http
