// Work of a command on a store: one shard for as long as it takes.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "io/shard.h"
#include "io/task.h"
#include "server/config/config.h"
#include "storage/store.h"

namespace sluice::server {

/// The configuration of a file; problems go to standard error.
std::optional<Config> load_config_or_complain(const std::string& path);

/// Prints "sluice: ..." to standard error; the exit status that goes with it.
int complain(std::string_view sentence);

/// A sentence about a store that gave no answer.
std::string_view describe(storage::StoreError error);

/// `work` on the store of `config`, beside servers that use it too. Gives what `work` gave, an exit
/// status. Errors: the engine cannot be opened or does not answer, and what to do.
std::expected<int, std::string> work_on_store(
    const Config& config, const std::function<io::Task<int>(storage::Store&, io::Shard&)>& work);

}  // namespace sluice::server
