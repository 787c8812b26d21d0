// Event log: everything that parts of Sluice report, as log lines and counts of one shard.
#pragma once

#include "base/log.h"
#include "http/service.h"
#include "io/shard.h"
#include "metrics/counters.h"
#include "metrics/shard_stats.h"
#include "oauth/observer.h"
#include "resource/observer.h"
#include "server/service_router.h"
#include "storage/shared_windows.h"

namespace sluice::server {

class EventLog final : public http::RequestObserver,
                       public oauth::Observer,
                       public resource::Observer,
                       public storage::SharedWindowsListener {
public:
    EventLog(io::Shard& shard, Log& log, metrics::Counters& metrics, metrics::ShardStats& stats,
             const ServiceRouter& router)
        : shard_(shard), log_(log), metrics_(metrics), stats_(stats), router_(router) {}

    void on_request_finished(const http::FinishedRequest& request) override;
    void on_event(const oauth::Event& event) override;
    void on_tool_call(const resource::ToolCallEvent& event) override;
    void on_friction(const resource::FrictionEvent& event) override;
    void on_refusal(const resource::RefusalEvent& event) override;
    void on_tool_changed(const resource::ToolChangedEvent& event) override;
    void on_forgiven(const resource::ForgivenEvent& event) override;
    void on_unauthenticated(const resource::UnauthenticatedEvent& event) override;
    void on_tools_listed(const resource::ListEvent& event) override;
    void on_counted(const resource::CountedEvent& event) override;
    void on_windows_away(std::string_view reason) override;
    void on_windows_back() override;

private:
    io::Shard& shard_;
    Log& log_;
    metrics::Counters& metrics_;
    metrics::ShardStats& stats_;
    const ServiceRouter& router_;
};

}  // namespace sluice::server
