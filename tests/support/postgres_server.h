// A real PostgreSQL for tests: a cluster of its own in a temporary directory, as user `postgres`
// where the tests run as root.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

class PostgresServer {
public:
    /// Makes a cluster and starts it; fsync is on. Ends the process where that cannot be done.
    PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer();

    /// One for the test program, made when it is first asked for.
    static PostgresServer& shared();

    std::uint16_t port() const { return port_; }
    const std::string& directory() const { return directory_; }
    /// A new database, a copy of `like`; gives its name.
    std::string create_database(std::string_view like = "template1");
    /// Where `database` is reached over TCP; `port` that of a proxy, 0 the server's own.
    std::string url(std::string_view database, std::uint16_t port = 0) const;

    void start();
    /// mode  As pg_ctl has it: fast, immediate.
    void stop(std::string_view mode);
    /// Appends a line to the configuration; start() or reload() makes it count.
    void configure(std::string_view line);
    void reload();
    /// Each ends the process where it cannot be done.
    void execute(std::string_view database, std::string_view sql) const;
    /// The first column of the first row; empty where there is none.
    std::string query(std::string_view database, std::string_view sql) const;

private:
    void run(const std::string& command) const;

    std::string directory_;
    std::string binaries_;
    std::string as_user_;
    std::uint16_t port_;
    unsigned databases_ = 0;
};

}  // namespace sluice
