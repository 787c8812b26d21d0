// sluice: the program.
#include <fmt/format.h>

#include <cstdio>
#include <variant>

#include "server/check_config.h"
#include "server/command_line.h"
#include "server/commands.h"
#include "server/hash_password.h"
#include "server/policy_explain.h"
#include "server/storage/commands.h"
#include "simulate/command.h"

int main(int argc, char** argv) {
    using namespace sluice::server;
    const auto command = parse_command_line(argc, argv);
    if (!command) {
        const auto& [status, text] = command.error();
        fmt::print(status == 0 ? stdout : stderr, "{}", text);
        return status;
    }
    struct Run {
        int operator()(const DevCommand& dev) const { return run_dev(dev); }
        int operator()(const ServeCommand& serve) const { return run_serve(serve); }
        int operator()(const CheckConfigCommand& check) const { return check_config(check); }
        int operator()(const HashPasswordCommand&) const { return hash_password(); }
        int operator()(const sluice::simulate::SimulateCommand& simulate) const {
            return sluice::simulate::run_simulate(simulate);
        }
        int operator()(const MigrateCommand& migrate) const { return run_migrate(migrate); }
        int operator()(const BackupCommand& backup) const { return run_backup(backup); }
        int operator()(const RestoreCommand& restore) const { return run_restore(restore); }
        int operator()(const UserCommand& user) const { return run_user(user); }
        int operator()(const GrantsCommand& grants) const { return run_grants(grants); }
        int operator()(const ForgetKeysCommand& forget) const { return run_forget_keys(forget); }
        int operator()(const ExplainCommand& command) const { return run_explain(command); }
        int operator()(const RotateKeysCommand& rotate) const { return run_rotate_keys(rotate); }
    };
    return std::visit(Run{}, *command);
}
