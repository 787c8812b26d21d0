#include "server/dev_paths.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "io/address.h"
#include "io/socket_calls.h"

namespace sluice::server {
namespace {

constexpr std::uint16_t first_admin_port = 9090;  // as [admin] has it
constexpr std::uint16_t last_admin_port = 9099;

// An absolute path, or nothing (XDG Base Directory Specification: others are to be ignored).
std::filesystem::path folder_of(const char* variable) {
    const char* const value = std::getenv(variable);
    const std::filesystem::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path default_file() {
    if (const auto state = folder_of("XDG_STATE_HOME"); !state.empty()) {
        return state / "sluice" / "dev.db";
    }
    const auto home = folder_of("HOME");
    return home.empty() ? home : home / ".local" / "state" / "sluice" / "dev.db";
}

}  // namespace

std::expected<std::string, std::string> find_dev_storage(const DevCommand& command) {
    namespace fs = std::filesystem;
    if (command.memory) return "";
    std::error_code error;
    const fs::path file =
        command.storage.empty() ? default_file() : fs::absolute(command.storage, error);
    if (file.empty()) {
        return std::unexpected(
            "there is no home to keep anything in: name a file by --storage, or use --memory");
    }
    fs::create_directories(file.parent_path(), error);
    if (!fs::is_directory(file.parent_path(), error)) {
        return std::unexpected(fmt::format(
            "cannot make the folder {}: name another file by --storage, or use --memory",
            file.parent_path().string()));
    }
    return file.string();
}

std::string find_dev_admin_address() {
    for (std::uint16_t port = first_admin_port; port <= last_admin_port; ++port) {
        const auto address = io::Address::from_ip("127.0.0.1", port);
        if (address && io::check_free(*address)) return address->text();
    }
    return "";
}

}  // namespace sluice::server
