#include "tests/support/postgres_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/check.h"

namespace sluice {
namespace {

std::uint16_t free_port() {
    for (unsigned attempt = 0; attempt < 800; ++attempt) {
        const auto port =
            static_cast<std::uint16_t>(21100 + (static_cast<unsigned>(getpid()) + attempt) % 800);
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool is_free =
            bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        close(fd);
        if (is_free) return port;
    }
    check_failed(__FILE__, __LINE__, "a port is free");
}

std::string find_binaries() {
    std::string newest;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
        const std::string there = version.path().string() + "/bin";
        if (std::filesystem::exists(there + "/initdb") && there > newest) newest = there;
    }
    CHECK(!newest.empty(), "PostgreSQL is not installed");
    return newest;
}

}  // namespace

PostgresServer::PostgresServer() : binaries_(find_binaries()), port_(free_port()) {
    std::string path = "/tmp/sluice-postgres-XXXXXX";
    CHECK(mkdtemp(path.data()) != nullptr);
    directory_ = path;
    if (geteuid() == 0) {
        as_user_ = "runuser -u postgres -- ";
        CHECK(std::system(fmt::format("chown postgres {}", directory_).c_str()) == 0);
    }
    run(fmt::format("initdb -D {}/data -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync",
                    directory_));
    configure(fmt::format("port = {}", port_));
    configure("listen_addresses = '127.0.0.1'");
    configure(fmt::format("unix_socket_directories = '{}'", directory_));
    configure("log_min_messages = fatal");
    configure("deadlock_timeout = 100ms");
    start();
}

PostgresServer::~PostgresServer() {
    stop("immediate");
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

std::string PostgresServer::create_database(std::string_view like) {
    const std::string name = fmt::format("test_{}", ++databases_);
    execute("postgres", fmt::format("CREATE DATABASE {} TEMPLATE {}", name, like));
    return name;
}

std::string PostgresServer::url(std::string_view database, std::uint16_t port) const {
    return fmt::format("postgresql://postgres@127.0.0.1:{}/{}", port == 0 ? port_ : port, database);
}

void PostgresServer::start() {
    run(fmt::format("pg_ctl -D {0}/data -l {0}/log -w start", directory_));
}

void PostgresServer::stop(std::string_view mode) {
    run(fmt::format("pg_ctl -D {}/data -m {} -w stop", directory_, mode));
}

void PostgresServer::configure(std::string_view line) {
    std::ofstream file(directory_ + "/data/postgresql.conf", std::ios::app);
    file << line << '\n';
    CHECK(file.good());
}

void PostgresServer::reload() {
    run(fmt::format("pg_ctl -D {}/data reload", directory_));
}

void PostgresServer::run(const std::string& command) const {
    const std::string whole =
        fmt::format("{}{}/{} > /dev/null 2>{}/errors", as_user_, binaries_, command, directory_);
    if (std::system(whole.c_str()) != 0) check_failed(__FILE__, __LINE__, "it ran", whole);
}

void PostgresServer::execute(std::string_view database, std::string_view sql) const {
    query(database, sql);
}

std::string PostgresServer::query(std::string_view database, std::string_view sql) const {
    const std::string file = directory_ + "/statement.sql";
    std::ofstream(file) << sql << ";\n";
    const std::string command = fmt::format(
        "{}/psql -X -q -A -t -v ON_ERROR_STOP=1 -f {} '{}' 2>&1", binaries_, file, url(database));
    FILE* const output = popen(command.c_str(), "r");
    CHECK(output != nullptr);
    std::string text;
    char part[1024];
    while (const std::size_t size = fread(part, 1, sizeof part, output)) text.append(part, size);
    if (pclose(output) != 0) check_failed(__FILE__, __LINE__, "psql succeeds", text);
    return text.substr(0, text.find('\n'));
}

}  // namespace sluice
