#include "storage/sqlite/checker.h"

#include "base/result.h"
#include "storage/sqlite/opening.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {

std::expected<std::unique_ptr<Checker>, std::string> Checker::start(const std::string& path,
                                                                    Health& health) {
    TRY(io::Waker waker, io::Waker::create());
    TRY(Database database, open_connection(path, other_cache_kib));
    std::unique_ptr<Checker> checker(
        new Checker(path, std::move(database), std::move(waker), health));
    checker->thread_ =
        std::jthread([&self = *checker](const std::stop_token& stop) { self.work(stop); });
    return checker;
}

void Checker::work(const std::stop_token& stop) {
    const auto wants_to_stop = [](void* token) {
        return static_cast<const std::stop_token*>(token)->stop_requested();
    };
    auto* const token = const_cast<std::stop_token*>(&stop);
    const auto damage = check_tables(database_, wants_to_stop, token);
    if (damage && damage_of(*damage) == Damage::lasting) {
        health_.fail(explain_damage(path_, damage->text), waker_);
    }
}

}  // namespace sluice::storage::sqlite
