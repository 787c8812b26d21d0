// `sluice hash-password`: the line that goes into [[auth.user]] instead of a password.
#pragma once

namespace sluice::server {

/// Reads the password from the terminal, twice and without showing it, or one line of standard
/// input where that is no terminal. Prints `password_hash = "..."`. The process's exit status.
int hash_password();

}  // namespace sluice::server
