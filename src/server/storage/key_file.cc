#include "server/storage/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "config/environment.h"
#include "config/sealing_keys.h"
#include "crypto/base64url.h"

namespace sluice::server {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

std::unexpected<std::string> refuse(const std::string& path, int error) {
    return std::unexpected(fmt::format("cannot make the key file {}: {}", path, strerror(error)));
}

// The file and its name: a key that was used must not be lost with the power.
bool write_durably(const std::string& path, std::string_view text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    return file.get() >= 0 &&
           ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
           ::fsync(file.get()) == 0;
}

bool sync_folder_of(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const Descriptor descriptor(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return descriptor.get() >= 0 && ::fsync(descriptor.get()) == 0;
}

// Replaces nothing. 0, or the number of the error.
int publish(const std::string& draft, const std::string& path) {
    if (::link(draft.c_str(), path.c_str()) == 0) return 0;
    if (errno == EEXIST) return EEXIST;
    // A file system without hard links: two first starts at one moment are not told apart there.
    if (::access(path.c_str(), F_OK) == 0) return EEXIST;
    return ::rename(draft.c_str(), path.c_str()) == 0 ? 0 : errno;
}

}  // namespace

std::expected<std::vector<Secret>, std::string> read_key_file(const std::string& path) {
    auto text = config::read_text_file(path);
    if (!text) {
        return std::unexpected(fmt::format("the key file {} is missing or cannot be read", path));
    }
    const Secret content(*std::move(text));
    auto keys = config::parse_sealing_keys(content.reveal());
    if (!keys) return std::unexpected(fmt::format("the key file {} {}", path, keys.error()));
    return keys;
}

std::expected<std::vector<Secret>, std::string> make_key_file(const std::string& path,
                                                              Random& random) {
    std::string bytes(32, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    const Secret raw(std::move(bytes));
    const Secret line(crypto::base64url(raw.reveal()) + '\n');
    // Whole under another name first: publish() then shows all of it or nothing.
    const std::string draft = fmt::format("{}.{:016x}", path, random.next_u64());
    if (!write_durably(draft, line.reveal())) {
        const int error = errno;
        ::unlink(draft.c_str());
        return refuse(path, error);
    }
    const int error = publish(draft, path);
    ::unlink(draft.c_str());
    if (error != 0 && error != EEXIST) return refuse(path, error);
    if (!sync_folder_of(path)) return refuse(path, errno);
    return read_key_file(path);
}

}  // namespace sluice::server
