// File descriptors, fsync of directories, and the lock file that lets one server alone have a
// database.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

namespace sluice::storage::sqlite {

/// Never of the database's file itself while SQLite has it open in this process: closing any
/// descriptor of a file drops the POSIX locks that the process holds on it.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

/// In bytes; nothing where there is no such file.
std::optional<std::uint64_t> file_size(const std::string& path);
/// Of a file: "." where the path names none.
std::string directory_of(const std::string& path);
/// What a file that was created or renamed needs to be found after a power cut.
std::expected<void, std::string> sync_directory_of(const std::string& path);
std::expected<void, std::string> sync_file(const std::string& path);
/// An empty file that only its owner may read; an error where there is one.
std::expected<void, std::string> create_private_file(const std::string& path);
/// errno, in words.
std::string system_error_text();

/// Held until it is dropped; the kernel drops it with the process.
class FileLock {
public:
    /// The lock of the database at `path`: on `path`.lock, which stays there. Nothing where another
    /// process has it. patience  For how long to try: a process that was killed may take a moment
    /// to be gone.
    static std::expected<std::optional<FileLock>, std::string> take(
        const std::string& path, std::chrono::milliseconds patience = {});

private:
    explicit FileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    Descriptor descriptor_;
};

}  // namespace sluice::storage::sqlite
