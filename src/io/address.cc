#include "io/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "base/ascii.h"
#include "base/check.h"

namespace sluice::io {
namespace {

constexpr std::string_view unix_prefix = "unix:";

}  // namespace

Address Address::from_native(const sockaddr* address, socklen_t length) {
    CHECK(address != nullptr && length <= sizeof(sockaddr_storage));
    Address result;
    std::memcpy(&result.storage_, address, length);
    result.length_ = length;
    return result;
}

std::optional<Address> Address::from_ip(std::string_view ip, std::uint16_t port) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (ip.size() >= text.size() || ip.find('\0') != std::string_view::npos) return std::nullopt;
    ip.copy(text.data(), ip.size());
    sockaddr_in v4{};
    if (inet_pton(AF_INET, text.data(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return from_native(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    }
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET6, text.data(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        return from_native(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
    }
    return std::nullopt;
}

std::optional<Address> Address::parse(std::string_view text) {
    if (text.starts_with(unix_prefix)) {
        const std::string_view path = text.substr(unix_prefix.size());
        sockaddr_un local{};
        if (!path.starts_with('/') || path.size() >= sizeof local.sun_path ||
            path.find('\0') != std::string_view::npos) {
            return std::nullopt;
        }
        local.sun_family = AF_UNIX;
        std::memcpy(local.sun_path, path.data(), path.size());
        const auto length = offsetof(sockaddr_un, sun_path) + path.size() + 1;
        return from_native(reinterpret_cast<const sockaddr*>(&local),
                           static_cast<socklen_t>(length));
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_decimal(text.substr(colon + 1));
    if (!port || *port > 65535) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    // Brackets are for IPv6 and IPv6 is for brackets.
    if (bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
    return from_ip(host, static_cast<std::uint16_t>(*port));
}

std::uint16_t Address::port() const {
    if (family() == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
    if (family() == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
    }
    return 0;
}

std::string Address::ip_text() const {
    char buffer[INET6_ADDRSTRLEN] = {};
    if (family() == AF_INET) {
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, buffer,
                  sizeof buffer);
    } else if (family() == AF_INET6) {
        const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6)) {
            inet_ntop(AF_INET, &v6.s6_addr[12], buffer, sizeof buffer);
        } else {
            inet_ntop(AF_INET6, &v6, buffer, sizeof buffer);
        }
    } else {
        return family() == AF_UNIX ? "unix" : "unknown";
    }
    return buffer;
}

std::string Address::text() const {
    if (family() == AF_UNIX) {
        return std::string(unix_prefix) + reinterpret_cast<const sockaddr_un*>(&storage_)->sun_path;
    }
    const std::string ip = ip_text();
    const bool bracketed = ip.find(':') != std::string::npos;
    return (bracketed ? "[" + ip + "]" : ip) + ":" + std::to_string(port());
}

bool operator==(const Address& a, const Address& b) {
    return a.length_ == b.length_ && std::memcmp(&a.storage_, &b.storage_, a.length_) == 0;
}

}  // namespace sluice::io
