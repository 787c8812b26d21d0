// Key file of sealing keys: read, or made where there is none yet.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/secret.h"

namespace sluice::server {

/// All keys of the file. Errors name the file and the remedy.
std::expected<std::vector<Secret>, std::string> read_key_file(const std::string& path);

/// Makes a file with one new key, readable by its owner alone and on disk when this returns, unless
/// there is one: another process may be making it, too. Then reads it.
std::expected<std::vector<Secret>, std::string> make_key_file(const std::string& path,
                                                              Random& random);

}  // namespace sluice::server
