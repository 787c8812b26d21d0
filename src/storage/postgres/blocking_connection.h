// Blocking connection for threads that may wait: connects, prepares, migrates and cleans up.
#pragma once

#include <atomic>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "storage/postgres/handles.h"

namespace sluice::storage::postgres {

/// Nothing here waits longer than its deadline, or than 50 ms after `stopping` was set. Errors are
/// one line for an operator, without secrets. After an error in time or transport it is of no use.
class BlockingConnection {
public:
    struct Options {
        Secret url;
        Duration connect_timeout = std::chrono::seconds{5};
        Duration statement_timeout = std::chrono::seconds{5};
        const std::atomic<bool>* stopping = nullptr;  // null: nobody asks it to
    };

    template <class T = void>
    using Result = std::expected<T, std::string>;

    /// To the first host of the URL that takes it; connect_timeout is for each.
    static Result<BlockingConnection> open(const Options& options);

    /// One or more statements without parameters; the last one's result.
    Result<ResultPtr> execute(const std::string& statements);
    /// One statement whose parameters and columns are texts.
    Result<ResultPtr> execute(const std::string& statement,
                              std::initializer_list<std::string_view> parameters);
    Result<> prepare(const std::string& name, const std::string& statement,
                     std::initializer_list<Oid> types = {});

    PGconn* native() const { return connection_.get(); }
    ConnectionPtr release() { return std::move(connection_); }

private:
    BlockingConnection(ConnectionPtr connection, const Options& options)
        : connection_(std::move(connection)),
          statement_timeout_(options.statement_timeout),
          stopping_(options.stopping) {}

    Result<ResultPtr> finish(int sent);

    ConnectionPtr connection_;
    Duration statement_timeout_;
    const std::atomic<bool>* stopping_;
};

}  // namespace sluice::storage::postgres
