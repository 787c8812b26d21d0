// Admin API and page: everything under /admin, its stream of events, and what operators do.
#pragma once

#include <string_view>

#include "admin/operators.h"
#include "admin/stats_collector.h"
#include "base/log.h"
#include "config/admin_config.h"
#include "http/host_rule.h"
#include "http/service.h"
#include "oauth/pages/page_style.h"

namespace sluice::admin {

/// Serves the listeners of [admin] on one shard.
class AdminService final : public http::Service {
public:
    /// All outlive the service. config  Which hosts the page has.
    AdminService(io::Shard& shard, StatsCollector& collector, Operators& operators, Log& log,
                 const config::AdminConfig& config);

    io::Task<void> serve(http::Exchange& exchange) override;

    static constexpr std::size_t watchers_max = 32;  // streams at a time

private:
    using Handler = io::Task<void> (AdminService::*)(http::Exchange& exchange);
    struct Route;
    static const Route routes[];

    io::Task<void> show_page(http::Exchange& exchange);
    io::Task<void> show_script(http::Exchange& exchange);
    io::Task<void> show_style(http::Exchange& exchange);
    io::Task<void> show_login(http::Exchange& exchange);
    io::Task<void> log_in(http::Exchange& exchange);
    io::Task<void> log_out(http::Exchange& exchange);
    io::Task<void> tell_session(http::Exchange& exchange);
    io::Task<void> stream_events(http::Exchange& exchange);
    io::Task<void> forgive(http::Exchange& exchange);
    io::Task<void> acknowledge(http::Exchange& exchange);

    /// Whether what acts comes from a page of this server, as far as a browser tells.
    bool is_own_page(const http::Request& request) const;
    void ask_to_sign_in(http::Response& response, std::string_view cookie, std::string_view notice);
    /// The name of who acts; nothing, and an answer, where it is nobody or not by our own page.
    std::optional<std::string> authorize_action(http::Exchange& exchange);
    std::string hello(const http::Request& request, std::string_view name) const;
    io::Task<void> send_states(http::Exchange& exchange);

    io::Shard& shard_;
    StatsCollector& collector_;
    Operators& operators_;
    Log& log_;
    http::HostRule hosts_;
    oauth::PageStyle style_;
    std::size_t watchers_ = 0;
};

}  // namespace sluice::admin
