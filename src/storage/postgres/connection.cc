#include "storage/postgres/connection.h"

#include <poll.h>

#include <array>

#include "base/check.h"
#include "io/readiness.h"

namespace sluice::storage::postgres {
namespace {

/// The server has undone the transaction and would do it at another time (40001, 40P01).
bool worth_a_retry(std::string_view sqlstate) {
    return sqlstate == "40001" || sqlstate == "40P01";
}

/// Errors after which another connection may do better: the server stops or has become read-only,
/// a prepared statement is gone, or the schema has changed.
bool ends_connection(std::string_view sqlstate) {
    return sqlstate.starts_with("57P") || sqlstate.starts_with("08") || sqlstate == "25006" ||
           sqlstate == "26000" || sqlstate.starts_with("42");
}

}  // namespace

io::Task<std::string> Connection::serve(ConnectionPtr native, io::CancelScope& scope) {
    io::CancelScope serving(&scope);
    io::TaskGroup flushes;
    CHECK(native_ == nullptr && batch_.empty(), "it serves already");
    native_ = std::move(native);
    serving_ = &serving;
    flushes_ = &flushes;
    why_broken_.clear();
    of_use_ = false;
    queue_.work().set();  // there may be some for it
    while (!serving.cancelled()) {
        const auto ready =
            co_await io::Readiness(shard_, PQsocket(native_.get()), POLLIN, &serving);
        if (!ready) break;
        // What came before the end is read before it is taken for one.
        const bool lost = PQconsumeInput(native_.get()) == 0;
        read_results();
        if (lost) break_off(one_line(PQerrorMessage(native_.get())));
    }
    serving.cancel();
    co_await flushes.join();
    give_up_batch();
    serving_ = nullptr;
    flushes_ = nullptr;
    native_.reset();
    co_return std::move(why_broken_);
}

void Connection::break_off(std::string why) {
    CHECK(serving_ != nullptr);
    if (!broken()) why_broken_ = why.empty() ? "the connection was lost" : std::move(why);
    serving_->cancel();
}

void Connection::on_timer() {
    // Nobody knows what it will still say.
    break_off("a statement missed its deadline");
}

void Connection::take_work(unsigned idle) {
    CHECK(this->idle());
    queue_.take(batch_, idle);
    if (batch_.empty()) return;
    ended_ = 0;
    error_.clear();
    answer_.reset();
    nothings_ = 0;
    shard_.timers().start(*this, shard_.now() + options_.statement_timeout);
    bool sent = true;
    if (batch_.shared) {
        sent = send_shared();
    } else {
        for (Call* call : batch_.calls) sent = sent && send(*call);
    }
    if (!sent) return break_off(one_line(PQerrorMessage(native_.get())));
    flush();
}

bool Connection::execute(Statement statement, const Arguments& arguments) {
    return PQsendQueryPrepared(native_.get(), name_of(statement), arguments.count(),
                               arguments.values(), arguments.lengths(), Arguments::formats(),
                               1) == 1;
}

bool Connection::send(Call& call) {
    const auto family = call.grant != nullptr ? std::optional(call.grant->tag) : call.family;
    if (family) {
        // A statement of its own, so that the next one sees what others did before it had the
        // lock. It holds until the transaction ends, which the synchronization does.
        Arguments tag;
        tag.number(static_cast<std::int64_t>(family->value()));
        if (!execute(Statement::lock_family, tag)) return false;
    }
    if (call.grant != nullptr) {
        Arguments arguments;
        const std::array<Call*, 1> one = {&call};
        arrays_.fill(arguments, one, numeric_date(shard_.wall_now()), options_.plain);
        if (!execute(Statement::grants, arguments)) return false;
    } else if (!execute(call.statement, call.arguments)) {
        return false;
    }
    return PQpipelineSync(native_.get()) == 1;
}

bool Connection::send_shared() {
    Arguments arguments;
    arrays_.fill(arguments, batch_.calls, numeric_date(shard_.wall_now()), options_.plain);
    // None waits for a lock while it holds others. Where one is not to be had, each goes alone.
    Arguments tags;
    tags.text(arrays_.tags());
    return execute(Statement::try_locks, tags) && execute(Statement::grants, arguments) &&
           PQpipelineSync(native_.get()) == 1;
}

void Connection::flush() {
    const int unsent = PQflush(native_.get());
    if (unsent < 0) return break_off(one_line(PQerrorMessage(native_.get())));
    if (unsent == 1 && !flushing_) {
        flushing_ = true;
        flushes_->spawn(flush_when_writable());
    }
}

io::Task<void> Connection::flush_when_writable() {
    const auto ready = co_await io::Readiness(shard_, PQsocket(native_.get()), POLLOUT, serving_);
    flushing_ = false;
    if (ready && !serving_->cancelled()) flush();
}

void Connection::read_results() {
    while (!batch_.empty() && PQisBusy(native_.get()) == 0) {
        ResultPtr result(PQgetResult(native_.get()));
        if (result != nullptr) {
            nothings_ = 0;
            read(std::move(result));
        } else if (PQstatus(native_.get()) != CONNECTION_OK || ++nothings_ > 2) {
            return break_off(one_line(PQerrorMessage(native_.get())));
        }
    }
}

void Connection::read(ResultPtr result) {
    switch (PQresultStatus(result.get())) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            answer_ = std::move(result);  // the last statement's is the transaction's
            return;
        case PGRES_PIPELINE_ABORTED:
            answer_.reset();
            return;
        case PGRES_PIPELINE_SYNC:
            return unit_ended();
        default: {
            const char* const sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            error_ = sqlstate != nullptr ? sqlstate : "08006";
            if (ends_connection(error_)) break_off(one_line(PQresultErrorMessage(result.get())));
        }
    }
}

void Connection::unit_ended() {
    CHECK(ended_ < batch_.calls.size(), "an answer to nobody");
    if (batch_.shared) {
        shared_ended();
        ended_ = batch_.calls.size();
    } else {
        single_ended(*batch_.calls[ended_++]);
    }
    error_.clear();
    answer_.reset();
    if (ended_ == batch_.calls.size()) batch_ended();
}

void Connection::shared_ended() {
    CHECK(ended_ == 0);
    const bool counted = error_.empty() && answer_ != nullptr && PQntuples(answer_.get()) == 1;
    const auto all = static_cast<std::int64_t>(batch_.calls.size());
    if (counted && number_at(answer_.get(), 0, 0) == all) {
        for (Call* call : batch_.calls) queue_.settle(*call, ResultPtr());
        return;
    }
    // One of them has failed or another grant's tag: each alone, to see which. What is there
    // already stays as it is.
    for (Call* call : batch_.calls) queue_.retry(*call);
}

void Connection::single_ended(Call& call) {
    // No error and no answer either would be no proof of anything.
    if (error_.empty() && answer_ != nullptr) return queue_.settle(call, std::move(answer_));
    if (worth_a_retry(error_)) return queue_.retry(call);
    queue_.settle(call, std::unexpected(StoreError::unavailable));
}

void Connection::batch_ended() {
    const bool shared = batch_.shared;
    CHECK(ended_ == batch_.calls.size());
    batch_.clear();
    stop();
    of_use_ = true;
    if (shared) queue_.shared_batch_ended();
    if (!queue_.empty()) queue_.work().set();
}

void Connection::give_up_batch() {
    stop();
    const bool shared = batch_.shared;
    for (; ended_ < batch_.calls.size(); ++ended_) {
        queue_.settle(*batch_.calls[ended_], std::unexpected(StoreError::unavailable));
    }
    batch_.clear();
    if (shared) queue_.shared_batch_ended();
}

}  // namespace sluice::storage::postgres
