// Dashboard state as JSON: docs/ADMIN.md describes it.
#pragma once

#include <string>
#include <vector>

#include "admin/dashboard_frame.h"
#include "admin/stats_collector.h"
#include "resource/settings.h"

namespace sluice::admin {

/// keep  Whether this is the next point of the history.
void append_state(std::string& out, const resource::Settings& settings, const Timeline& timeline,
                  const std::vector<WatchedClient>& clients,
                  const std::vector<StatsCollector::Change>& changes, MonotonicTime now, bool keep);

void append_history(std::string& out, const resource::Settings& settings, const Timeline& timeline);

}  // namespace sluice::admin
