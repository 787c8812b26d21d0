// UNIX domain socket that listens, and the file that names it in the file system.
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>

#include "io/address.h"

namespace sluice::io {

/// Who may connect: whoever may write the socket's file.
struct UnixSocketAccess {
    mode_t mode = 0660;
    std::optional<uid_t> owner;  // none: as the process creates it
    std::optional<gid_t> group;
};

/// The file of a listening socket. Removes it at the end, unless the path has come to name another
/// file by then: that of a successor.
class UnixSocketFile {
public:
    /// file  A descriptor of the file (O_PATH), to be owned: while it is open, no other file gets
    /// its inode number.
    UnixSocketFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
    UnixSocketFile(UnixSocketFile&& other) noexcept;
    UnixSocketFile& operator=(UnixSocketFile&&) = delete;
    ~UnixSocketFile();

private:
    std::string path_;
    int file_;  // -1 where it was moved away
};

struct UnixSocket {
    int fd;  // listening; owned by whoever holds this
    UnixSocketFile file;
};

/// Listens at `address`, a UNIX path. There is one such socket for all shards: a path has no
/// SO_REUSEPORT. The socket of a process that is gone is replaced. Nobody can connect before the
/// file has its mode and owner.
/// Errors: what is wrong, and what to do: somebody listens there, another file is there, ...
std::expected<UnixSocket, std::string> listen_on_unix_socket(const Address& address,
                                                             const UnixSocketAccess& access);

}  // namespace sluice::io
