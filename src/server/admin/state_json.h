// What is sent to the page, as JSON: docs/ADMIN.md describes it.
#pragma once

#include <string>
#include <vector>

#include "resource/settings.h"
#include "server/admin/frame.h"
#include "server/admin/watch.h"

namespace sluice::server {

/// keep  Whether this is the next point of the history.
void append_state(std::string& out, const resource::Settings& settings, const Timeline& timeline,
                  const std::vector<WatchedClient>& clients,
                  const std::vector<Watch::Change>& changes, MonotonicTime now, bool keep);

void append_history(std::string& out, const resource::Settings& settings, const Timeline& timeline);

}  // namespace sluice::server
