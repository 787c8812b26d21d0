#include "io/unix_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/result.h"
#include "io/error.h"
#include "io/socket_calls.h"

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

std::unexpected<std::string> because(int error, std::string_view what) {
    return std::unexpected(fmt::format("{}: {}", what, Error{error}.text()));
}

/// Between looking at a path and changing it, no other instance does the same: all lock the
/// folder. Best effort: where it cannot be locked, they race as they would without.
class FolderLock {
public:
    explicit FolderLock(const std::string& path)
        : folder_(::open(path.substr(0, path.rfind('/') + 1).c_str(),
                         O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        for (int attempt = 0; attempt < 25; ++attempt) {
            if (flock(folder_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
            std::this_thread::sleep_for(10ms);
        }
    }

private:
    Descriptor folder_;
};

bool somebody_listens(const Address& address) {
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // EAGAIN: a full queue, so there is a listener. Refused: nobody, the file is left over.
    return ::connect(probe.get(), address.native(), address.native_length()) == 0 ||
           errno != ECONNREFUSED;
}

/// A killed process is gone before the kernel has taken down its rings, and until then its socket
/// accepts connections: one that ends soon is waited for.
bool somebody_goes_on_listening(const Address& address) {
    for (int attempt = 0; attempt < 50; ++attempt) {
        if (!somebody_listens(address)) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

std::expected<void, std::string> make_way(const Address& address, const std::string& path) {
    struct stat there{};
    if (lstat(path.c_str(), &there) != 0) {
        if (errno == ENOENT) return {};
        return because(errno, "its path cannot be examined");
    }
    if (!S_ISSOCK(there.st_mode)) {
        return std::unexpected("another file is there that is not a socket; it is left alone");
    }
    if (somebody_goes_on_listening(address)) {
        return std::unexpected("another process listens there, or access is denied");
    }
    if (unlink(path.c_str()) != 0) return because(errno, "the old socket cannot be removed");
    return {};
}

/// `file` is open with O_PATH, so that it is the same file that all of this is done to.
std::expected<void, std::string> give_access(int file, const UnixSocketAccess& access) {
    constexpr auto unchanged = static_cast<uid_t>(-1);
    if ((access.owner || access.group) &&
        fchownat(file, "", access.owner.value_or(unchanged), access.group.value_or(unchanged),
                 AT_EMPTY_PATH) != 0) {
        return because(errno, "it cannot be given to the owner of unix_socket_owner");
    }
    if (chmod(fmt::format("/proc/self/fd/{}", file).c_str(), access.mode) != 0) {
        return because(errno, "it cannot be given the mode of unix_socket_mode");
    }
    return {};
}

}  // namespace

UnixSocketFile::UnixSocketFile(UnixSocketFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

UnixSocketFile::~UnixSocketFile() {
    if (file_ < 0) return;
    const Descriptor file(file_);
    const FolderLock lock(path_);
    struct stat ours{};
    struct stat there{};
    if (fstat(file_, &ours) != 0 || lstat(path_.c_str(), &there) != 0) return;
    if (there.st_dev == ours.st_dev && there.st_ino == ours.st_ino) unlink(path_.c_str());
}

std::expected<UnixSocket, std::string> listen_on_unix_socket(const Address& address,
                                                             const UnixSocketAccess& access) {
    const std::string path = reinterpret_cast<const sockaddr_un*>(address.native())->sun_path;
    CHECK(address.family() == AF_UNIX, "only a UNIX path has a file");
    std::optional<FolderLock> lock(std::in_place, path);
    REQUIRE(make_way(address, path));
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return because(errno, "no socket can be opened");
    // The file is created with this mode, less what the umask takes away: never with more.
    fchmod(socket.get(), access.mode);
    if (bind(socket.get(), address.native(), address.native_length()) != 0) {
        return because(errno, "the socket cannot be created");
    }
    const int file = ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return because(errno, "the socket is gone already");
    UnixSocketFile owned(path, file);
    auto accessible = give_access(file, access);
    if (accessible && listen(socket.get(), listen_backlog) != 0) {
        accessible = because(errno, "the socket does not listen");
    }
    if (accessible) return UnixSocket{socket.release(), std::move(owned)};
    lock.reset();  // the file's removal takes it again
    return std::unexpected(std::move(accessible).error());
}

}  // namespace sluice::io
