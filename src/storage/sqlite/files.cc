#include "storage/sqlite/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace sluice::storage::sqlite {
namespace {

std::expected<void, std::string> sync_at(const std::string& path, int flags) {
    const Descriptor file(open(path.c_str(), flags | O_CLOEXEC));
    if (file.is_open() && fsync(file.number()) == 0) return {};
    return std::unexpected(fmt::format("{}: cannot sync: {}", path, system_error_text()));
}

}  // namespace

Descriptor::~Descriptor() {
    if (is_open()) close(number_);
}

std::string system_error_text() {
    return std::strerror(errno);
}

std::optional<std::uint64_t> file_size(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::expected<void, std::string> sync_directory_of(const std::string& path) {
    return sync_at(directory_of(path), O_RDONLY | O_DIRECTORY);
}

std::expected<void, std::string> sync_file(const std::string& path) {
    return sync_at(path, O_RDONLY);
}

std::expected<void, std::string> create_private_file(const std::string& path) {
    const Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.is_open()) return {};
    return std::unexpected(fmt::format("{}: cannot be created: {}", path, system_error_text()));
}

std::expected<std::optional<FileLock>, std::string> FileLock::take(
    const std::string& path, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds pause{10};
    const std::string name = path + ".lock";
    Descriptor file(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open()) {
        return std::unexpected(fmt::format("{}: cannot be opened: {}", name, system_error_text()));
    }
    for (; flock(file.number(), LOCK_EX | LOCK_NB) != 0; patience -= pause) {
        if (errno != EWOULDBLOCK) {
            return std::unexpected(
                fmt::format("{}: cannot be locked: {}", name, system_error_text()));
        }
        if (patience <= std::chrono::milliseconds{}) return std::nullopt;
        std::this_thread::sleep_for(pause);
    }
    return FileLock(std::move(file));
}

}  // namespace sluice::storage::sqlite
