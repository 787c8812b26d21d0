// Trust store (certificate authorities) where this process connects by https.
#pragma once

#include <optional>
#include <string>

#include "config/environment.h"
#include "config/problem.h"
#include "config/setting.h"
#include "crypto/tls_client_context.h"

namespace sluice::config {

/// Reads the system's authorities once, and only where they are needed.
class TrustReader {
public:
    TrustReader(const Environment& environment, Problems& problems)
        : environment_(environment), problems_(problems) {}

    /// The authorities of the file `ca`, or the system's where none is written; nothing where `url`
    /// is no https, or there is a problem.
    std::optional<crypto::TlsTrust> read(const Setting<std::string>& url,
                                         const Setting<std::string>& ca);
    /// The same for a URL of another kind, which stands at `place`.
    std::optional<crypto::TlsTrust> read(bool secure, const Place& place,
                                         const Setting<std::string>& ca);

private:
    std::optional<crypto::TlsTrust> read_file(const Setting<std::string>& ca);
    std::optional<crypto::TlsTrust> read_system(const Place& place, const Setting<std::string>& ca);

    const Environment& environment_;
    Problems& problems_;
    std::optional<crypto::TlsTrust> system_;
};

}  // namespace sluice::config
