// Paths, the page's files, and signing in and out.
#include "admin/admin_service.h"

#include <algorithm>

#include "admin/login_page.h"
#include "admin/page_files.h"
#include "base/ascii.h"
#include "base/check.h"
#include "http/error_response.h"
#include "http/form.h"
#include "http/media_type.h"
#include "http/url_split.h"

namespace sluice::admin {

enum class Access : std::uint8_t { anybody, session };

struct AdminService::Route {
    http::Method method;
    std::string_view path;
    Access access;
    Handler handler;
};

const AdminService::Route AdminService::routes[] = {
    {http::Method::get, "/admin", Access::session, &AdminService::show_page},
    {http::Method::get, "/admin/page.js", Access::session, &AdminService::show_script},
    {http::Method::get, "/admin/page.css", Access::session, &AdminService::show_style},
    {http::Method::get, "/admin/events", Access::session, &AdminService::stream_events},
    {http::Method::get, "/admin/session", Access::session, &AdminService::tell_session},
    {http::Method::get, "/admin/login", Access::anybody, &AdminService::show_login},
    {http::Method::post, "/admin/login", Access::anybody, &AdminService::log_in},
    {http::Method::post, "/admin/logout", Access::session, &AdminService::log_out},
    {http::Method::post, "/admin/acknowledge", Access::session, &AdminService::acknowledge},
    {http::Method::post, "/admin/forgive", Access::session, &AdminService::forgive},
};

namespace {

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// RFC 9110 §15.5.2: every 401 has one. No browser knows the scheme, so none asks for a password.
constexpr std::string_view challenge = R"(Cookie realm="operators", form-action="/admin/login")";

void redirect(http::Response& response, std::string_view to) {
    response.set_status(http::Status::see_other);
    response.add_field("Location", to);
    response.add_field("Cache-Control", "no-store");
}

void write_file(http::Response& response, std::string_view type, std::string_view content) {
    response.add_field("Content-Type", type);
    response.add_field("Cache-Control", "no-store");
    response.add_field("X-Content-Type-Options", "nosniff");
    response.add_field("Referrer-Policy", "same-origin");
    response.body() = content;
}

/// The listeners' own addresses beside the configured names. Where one listens on every address,
/// none is known beforehand, but an address is no name that could be rebound.
http::HostRule host_rule(const config::AdminConfig& config) {
    std::vector<std::string> names = config.hosts;
    auto addresses = http::HostRule::Addresses::loopback;
    for (const io::Address& address : config.listen) {
        if (address.family() == AF_UNIX) continue;
        names.push_back(address.ip_text());
        if (names.back() == "0.0.0.0" || names.back() == "::") {
            addresses = http::HostRule::Addresses::all;
        }
    }
    return http::HostRule(names, addresses);
}

}  // namespace

AdminService::AdminService(io::Shard& shard, StatsCollector& collector, Operators& operators,
                           Log& log, const config::AdminConfig& config)
    : shard_(shard),
      collector_(collector),
      operators_(operators),
      log_(log),
      hosts_(host_rule(config)),
      style_(oauth::make_page_style()) {}

/// Newer browsers tell the site (Fetch Metadata), all of them the origin of a POST. A proxy in
/// front may have changed Host, so that the origin of a configured name passes too.
bool AdminService::is_own_page(const http::Request& request) const {
    const auto site = request.field("Sec-Fetch-Site");
    if (site && *site != "none") return *site == "same-origin";
    const auto origin = request.field("Origin");
    if (!origin) return true;
    const http::UrlParts parts = http::split_url(*origin);
    const std::string_view authority = parts.authority.value_or("");
    return equal_ignoring_case(authority, request.host()) ||
           (hosts_.names(authority) && !http::HostRule({}).allows(authority));
}

io::Task<void> AdminService::serve(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    http::Response& response = exchange.response();
    if (!hosts_.allows(request.host())) {
        http::write_error(response, http::Status::misdirected_request, "unknown_host",
                          "The page has no such host: see admin.hosts.");
        co_return;
    }
    const auto stands_at = [&](const Route& route) { return route.path == request.path(); };
    if (request.path() == "/" || request.path() == "/admin/")
        co_return redirect(response, "/admin");
    if (std::ranges::none_of(routes, stands_at)) {
        http::write_error(response, http::Status::not_found, "not_found",
                          "Nothing is served at this path.");
        co_return;
    }
    const auto route = std::ranges::find_if(
        routes, [&](const Route& of) { return stands_at(of) && of.method == request.method(); });
    if (route == std::end(routes)) {
        http::write_error(response, http::Status::method_not_allowed, "invalid_request",
                          "This method is not allowed.");
        co_return;
    }
    const bool acts = request.method() == http::Method::post;
    if (acts && !is_own_page(request)) {
        http::write_error(response, http::Status::forbidden, "cross_site",
                          "Cross-site requests are not allowed.");
        co_return;
    }
    if (route->access == Access::session && operators_.signed_in(request) == nullptr) {
        if (route->path == "/admin") co_return redirect(response, "/admin/login");
        response.add_field("WWW-Authenticate", challenge);
        http::write_error(response, http::Status::unauthorized, "not_signed_in",
                          "Sign in at /admin/login.");
        co_return;
    }
    co_await (this->*route->handler)(exchange);
}

io::Task<void> AdminService::show_page(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    response.add_field("Content-Security-Policy", policy);
    response.add_field("X-Frame-Options", "DENY");
    write_file(response, "text/html; charset=utf-8", admin_index_html);
    co_return;
}

io::Task<void> AdminService::show_script(http::Exchange& exchange) {
    write_file(exchange.response(), "text/javascript; charset=utf-8", admin_page_js);
    co_return;
}

io::Task<void> AdminService::show_style(http::Exchange& exchange) {
    write_file(exchange.response(), "text/css; charset=utf-8", admin_page_css);
    co_return;
}

void AdminService::ask_to_sign_in(http::Response& response, std::string_view cookie,
                                  std::string_view notice) {
    write_admin_login_page(response, style_, operators_.form_token(cookie), notice);
}

io::Task<void> AdminService::show_login(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    if (operators_.signed_in(exchange.request()) != nullptr) co_return redirect(response, "/admin");
    const auto known = Operators::find_cookie(exchange.request());
    const std::string cookie = known ? std::string(*known) : operators_.new_cookie();
    if (!known) Operators::set_cookie(response, cookie);
    ask_to_sign_in(response, cookie, "");
}

io::Task<void> AdminService::log_in(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    http::Response& response = exchange.response();
    http::Form form;
    const bool is_form = http::is_media_type(request.field("Content-Type").value_or(""),
                                             "application/x-www-form-urlencoded") &&
                         form.parse(request.body()).has_value();
    const auto cookie = Operators::find_cookie(request);
    if (!is_form || !cookie ||
        !operators_.is_form_token(form.get("form_token").value_or(""), *cookie)) {
        const std::string anew = operators_.new_cookie();
        Operators::set_cookie(response, anew);
        response.set_status(http::Status::forbidden);
        co_return ask_to_sign_in(response, anew, "The form has expired. Please try again.");
    }
    const std::string name(form.get("name").value_or(""));
    const auto result = co_await operators_.check(request, name, form.get("password").value_or(""));
    if (result.outcome != Operators::Login::right) {
        log_.line(LogLevel::warning, shard_.wall_now(), "operator_refused")
            .add("request_id", request.id())
            .add("slowed", result.outcome == Operators::Login::slowed)
            .add("peer", request.peer());
        if (result.outcome == Operators::Login::wrong) {
            response.set_status(http::Status::unauthorized);
            response.add_field("WWW-Authenticate", challenge);
            co_return ask_to_sign_in(response, *cookie, "Incorrect name or password.");
        }
        response.set_status(result.outcome == Operators::Login::slowed
                                ? http::Status::too_many_requests
                                : http::Status::service_unavailable);
        CHECK(result.retry_after > Seconds{0}, "who is held back is told for how long");
        response.add_field("Retry-After", std::to_string(result.retry_after.count()));
        co_return ask_to_sign_in(response, *cookie,
                                 "Too many attempts. Wait a moment, then try again.");
    }
    // Under a new identifier, so that nobody can have planted it.
    const std::string session = operators_.new_cookie();
    operators_.sign_in(session, name);
    Operators::set_cookie(response, session);
    log_.line(LogLevel::info, shard_.wall_now(), "operator_signed_in")
        .add("request_id", request.id())
        .add("operator", name)
        .add("peer", request.peer());
    redirect(response, "/admin");
}

io::Task<void> AdminService::log_out(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    http::Form form;
    CHECK(operators_.signed_in(request) != nullptr, "a route of a session");
    const std::string_view cookie = *Operators::find_cookie(request);
    if (!form.parse(request.body()) ||
        !operators_.is_form_token(form.get("form_token").value_or(""), cookie)) {
        http::write_error(exchange.response(), http::Status::forbidden, "wrong_token",
                          "The form token is invalid.");
        co_return;
    }
    operators_.sign_out(cookie);
    redirect(exchange.response(), "/admin/login");
}

io::Task<void> AdminService::tell_session(http::Exchange& exchange) {
    exchange.response().set_status(http::Status::no_content);
    exchange.response().add_field("Cache-Control", "no-store");
    co_return;
}

}  // namespace sluice::admin
