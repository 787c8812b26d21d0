// Integrity check in the background: looks through a large database while the server answers.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <thread>

#include "storage/sqlite/health.h"

namespace sluice::storage::sqlite {

/// Reads every page once, on a thread of its own; damage that it finds fails the engine.
class Checker {
public:
    static std::expected<std::unique_ptr<Checker>, std::string> start(const std::string& path,
                                                                      Health& health);
    Checker(const Checker&) = delete;
    Checker& operator=(const Checker&) = delete;

private:
    Checker(std::string path, Database database, io::Waker waker, Health& health)
        : path_(std::move(path)),
          database_(std::move(database)),
          waker_(std::move(waker)),
          health_(health) {}

    void work(const std::stop_token& stop);

    std::string path_;
    Database database_;
    io::Waker waker_;
    Health& health_;
    std::jthread thread_;
};

}  // namespace sluice::storage::sqlite
