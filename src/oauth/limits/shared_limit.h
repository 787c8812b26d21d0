// Distributed rate limit: asks the windows that several boxes share, where there are any.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "io/task.h"
#include "oauth/settings.h"
#include "storage/shared_windows.h"

namespace sluice::oauth {

/// How long `key` has to wait by the windows that all boxes share; zero: it may go on, and that was
/// counted there. While they are away, `own`: what this box's own window has said of the same
/// request. kind  Keeps apart what is counted. people  That the key stands for. Views live until
/// the task ends.
io::Task<Seconds> admit_among_boxes(storage::SharedWindows& shared, const Settings& settings,
                                    std::string_view kind, std::string_view key, unsigned people,
                                    Seconds own);

}  // namespace sluice::oauth
