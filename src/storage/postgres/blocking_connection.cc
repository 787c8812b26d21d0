#include "storage/postgres/blocking_connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <vector>

#include "base/result.h"
#include "storage/postgres/hosts.h"

namespace sluice::storage::postgres {
namespace {

constexpr Duration slice = std::chrono::milliseconds{50};

struct Patience {
    MonotonicTime until;
    const std::atomic<bool>* stopping;
};

/// False where time is over before the socket is ready.
bool wait_for(int fd, short events, const Patience& patience) {
    while (patience.stopping == nullptr || !patience.stopping->load(std::memory_order_relaxed)) {
        const Duration left = patience.until - std::chrono::steady_clock::now();
        if (left <= Duration::zero()) return false;
        pollfd waiting{fd, events, 0};
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, slice));
        const int ready = ::poll(&waiting, 1, static_cast<int>(wait.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
    return false;
}

std::string milliseconds(Duration duration) {
    return fmt::format("{}", std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

ConnectionPtr start(const HostParameters& host, const BlockingConnection::Options& options) {
    // What unacknowledged bytes may wait: longer than any statement, so that deadlines speak first.
    const std::string user_timeout =
        milliseconds(options.statement_timeout + options.connect_timeout);
    std::vector<const char*> keywords = {"fallback_application_name", "keepalives",
                                         "keepalives_idle",           "keepalives_interval",
                                         "keepalives_count",          "tcp_user_timeout",
                                         "target_session_attrs"};
    std::vector<const char*> values = {"sluice",    "1", "10", "5", "3", user_timeout.c_str(),
                                       "read-write"};
    // A later keyword overrides an earlier one.
    for (std::size_t i = 0; i < host.keywords.size(); ++i) {
        keywords.push_back(host.keywords[i].c_str());
        values.push_back(
            host.values[i].reveal().data());  // the whole of a std::string: ends in NUL
    }
    keywords.insert(keywords.end(), {"client_encoding", nullptr});
    values.insert(values.end(), {"UTF8", nullptr});
    return ConnectionPtr(PQconnectStartParams(keywords.data(), values.data(), 0));
}

void ignore_notice(void*, const PGresult*) {}

BlockingConnection::Result<ConnectionPtr> connect(const HostParameters& host,
                                                  const BlockingConnection::Options& options) {
    const Patience patience{std::chrono::steady_clock::now() + options.connect_timeout,
                            options.stopping};
    ConnectionPtr connection = start(host, options);
    if (connection == nullptr) return failure(std::string("there is no memory to connect with"));
    const auto problem = [&] { return one_line(PQerrorMessage(connection.get())); };
    if (PQstatus(connection.get()) == CONNECTION_BAD) return failure(problem());
    PQsetNoticeReceiver(connection.get(), ignore_notice, nullptr);

    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED) return failure(problem());
        const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!wait_for(PQsocket(connection.get()), events, patience)) {
            return failure(fmt::format("no connection to {} within {} ms", PQhost(connection.get()),
                                       milliseconds(options.connect_timeout)));
        }
        next = PQconnectPoll(connection.get());
    }
    if (PQsetnonblocking(connection.get(), 1) != 0) return failure(problem());
    return connection;
}

}  // namespace

BlockingConnection::Result<BlockingConnection> BlockingConnection::open(const Options& options) {
    std::string problems;
    for (const HostParameters& host : hosts_of(options.url)) {
        auto connection = connect(host, options);
        if (connection) return BlockingConnection(*std::move(connection), options);
        problems += (problems.empty() ? "" : "; ") + connection.error();
    }
    return failure(problems.empty() ? std::string("the URL cannot be read") : problems);
}

BlockingConnection::Result<ResultPtr> BlockingConnection::finish(int sent) {
    const Patience patience{std::chrono::steady_clock::now() + statement_timeout_, stopping_};
    PGconn* const native = connection_.get();
    const auto late = [&] {
        return failure(fmt::format("no answer within {} ms", milliseconds(statement_timeout_)));
    };
    if (sent != 1) return failure(one_line(PQerrorMessage(native)));
    int unsent = 0;
    while ((unsent = PQflush(native)) == 1) {
        if (!wait_for(PQsocket(native), POLLOUT, patience)) return late();
    }
    if (unsent < 0) return failure(one_line(PQerrorMessage(native)));

    ResultPtr last;
    std::string problem;
    while (true) {
        while (PQisBusy(native) == 1) {
            if (!wait_for(PQsocket(native), POLLIN, patience)) return late();
            if (PQconsumeInput(native) == 0) return failure(one_line(PQerrorMessage(native)));
        }
        ResultPtr result(PQgetResult(native));
        if (result == nullptr) break;
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && problem.empty()) {
            problem = one_line(PQresultErrorMessage(result.get()));
        }
        last = std::move(result);
    }
    if (!problem.empty()) return failure(problem);
    if (last == nullptr) return failure(std::string("the server gave no answer"));
    return last;
}

BlockingConnection::Result<ResultPtr> BlockingConnection::execute(const std::string& statements) {
    return finish(PQsendQuery(native(), statements.c_str()));
}

BlockingConnection::Result<ResultPtr> BlockingConnection::execute(
    const std::string& statement, std::initializer_list<std::string_view> parameters) {
    const std::vector<std::string> texts(parameters.begin(), parameters.end());
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    return finish(PQsendQueryParams(native(), statement.c_str(), static_cast<int>(values.size()),
                                    nullptr, values.data(), nullptr, nullptr, 0));
}

BlockingConnection::Result<> BlockingConnection::prepare(const std::string& name,
                                                         const std::string& statement,
                                                         std::initializer_list<Oid> types) {
    REQUIRE(finish(PQsendPrepare(native(), name.c_str(), statement.c_str(),
                                 static_cast<int>(types.size()), types.begin())));
    return {};
}

}  // namespace sluice::storage::postgres
