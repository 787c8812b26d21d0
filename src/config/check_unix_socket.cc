// The rules of unix_socket_mode and unix_socket_owner.
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "config/check.h"

namespace sluice::config {
namespace {

std::optional<mode_t> parse_mode(std::string_view text) {
    if (text.size() < 3 || text.size() > 4) return std::nullopt;
    mode_t mode = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '7') return std::nullopt;
        mode = mode * 8 + static_cast<mode_t>(digit - '0');
    }
    if (mode > 0777) return std::nullopt;
    return mode;
}

std::optional<uid_t> parse_id(std::string_view text) {
    constexpr std::uint64_t id_max = 0xffff'fffe;  // the one above it means "unchanged"
    const auto id = parse_decimal(text);
    if (!id || *id > id_max) return std::nullopt;
    return static_cast<uid_t>(*id);
}

std::optional<uid_t> user_id(std::string_view user) {
    if (const auto id = parse_id(user)) return id;
    std::array<char, 16384> memory;
    passwd entry{};
    passwd* found = nullptr;
    getpwnam_r(std::string(user).c_str(), &entry, memory.data(), memory.size(), &found);
    if (found == nullptr) return std::nullopt;
    return entry.pw_uid;
}

std::optional<gid_t> group_id(std::string_view name) {
    if (const auto id = parse_id(name)) return id;
    std::array<char, 16384> memory;
    group entry{};
    group* found = nullptr;
    getgrnam_r(std::string(name).c_str(), &entry, memory.data(), memory.size(), &found);
    if (found == nullptr) return std::nullopt;
    return entry.gr_gid;
}

void check_owner(const Setting<std::string>& setting, io::UnixSocketAccess& access,
                 Problems& problems) {
    const std::string_view text = *setting;
    const std::size_t colon = text.find(':');
    const std::string_view user = text.substr(0, colon);
    const std::string_view group = colon == text.npos ? "" : text.substr(colon + 1);
    if (text.empty()) return;
    if (user.empty() && group.empty()) {
        problems.add(setting.place,
                     "names neither a user nor a group; the forms are user:group, user and :group");
    }
    if (!user.empty() && !(access.owner = user_id(user))) {
        problems.add(setting.place, fmt::format("this system has no user \"{}\"", user));
    }
    if (!group.empty() && !(access.group = group_id(group))) {
        problems.add(setting.place, fmt::format("this system has no group \"{}\"", group));
    }
}

}  // namespace

io::UnixSocketAccess check_unix_socket(const RawServer& raw, const std::vector<io::Address>& listen,
                                       Problems& problems) {
    io::UnixSocketAccess access;
    const bool used = std::ranges::any_of(
        listen, [](const io::Address& address) { return address.family() == AF_UNIX; });
    for (const auto* setting : {&raw.unix_socket_mode, &raw.unix_socket_owner}) {
        if (!setting->given || used) continue;
        problems.add(setting->place, "has no effect: no address of listen is a UNIX socket");
    }
    if (const auto mode = parse_mode(*raw.unix_socket_mode)) {
        access.mode = *mode;
    } else {
        problems.add(raw.unix_socket_mode.place,
                     fmt::format("\"{}\" is not a valid mode: write three octal digits, with or "
                                 "without a 0 before them, such as \"0660\"",
                                 *raw.unix_socket_mode));
    }
    check_owner(raw.unix_socket_owner, access, problems);
    return access;
}

}  // namespace sluice::config
