#include "storage/sqlite/reader.h"

#include "base/result.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {

std::expected<std::unique_ptr<Reader>, std::string> Reader::start(const std::string& path,
                                                                  Clock& clock, Health& health,
                                                                  std::size_t waiting_max) {
    TRY(io::Waker waker, io::Waker::create());
    TRY(Database database, open_connection(path, reader_cache_kib));
    REQUIRE(explained(database.execute("PRAGMA query_only = ON")));
    TRY(ReadStatements statements, explained(ReadStatements::prepare(database)));
    std::unique_ptr<Reader> reader(new Reader(std::move(database), std::move(statements),
                                              Answers(std::move(waker)), clock, health,
                                              waiting_max));
    reader->thread_ = std::jthread([&self = *reader] { self.work(); });
    return reader;
}

Reader::Reader(Database database, ReadStatements statements, Answers answers, Clock& clock,
               Health& health, std::size_t waiting_max)
    : clock_(clock),
      health_(health),
      queue_(waiting_max),
      answers_(std::move(answers)),
      database_(std::move(database)),
      statements_(std::move(statements)) {
    statements_.database = &database_;
}

void Reader::work() {
    while (Job* const jobs = queue_.take()) run_batch(jobs);
}

void Reader::run_batch(Job* jobs) {
    statements_.begin.run();
    for (Job* job = jobs; job != nullptr; job = job->next) {
        job->answered = run(static_cast<ReadJob&>(*job));
    }
    statements_.commit.run();
    answers_.send(jobs);
}

bool Reader::run(ReadJob& job) {
    if (health_.state() == StoreState::failed) return false;
    if (job.run(statements_, batch_time(clock_)) == SQLITE_OK) return true;
    // A reader that is refused does not say that writing is: only damage changes the state.
    health_.report_damage(database_.error(), "a read", answers_.waker());
    return false;
}

}  // namespace sluice::storage::sqlite
