// Store task of a command: one shard for as long as it takes.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "io/shard.h"
#include "io/task.h"
#include "storage/store.h"

namespace sluice::server {

/// Prints "sluice: ..." to standard error; the exit status that goes with it.
int complain(std::string_view sentence);

/// A sentence about a store that gave no answer.
std::string_view describe(storage::StoreError error);

/// `work` on the store of `config`, beside servers that use it too. Gives what `work` gave, an exit
/// status. Errors: the engine cannot be opened or does not answer, and what to do.
std::expected<int, std::string> work_on_store(
    const config::Config& config,
    const std::function<io::Task<int>(storage::Store&, io::Shard&)>& work);

}  // namespace sluice::server
