#include "server/password_input.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

namespace sluice::server {
namespace {

constexpr std::size_t password_size_max = 1024;  // bytes

// Turns the terminal's echo off, and back to what it was.
class SilentTerminal {
public:
    SilentTerminal() {
        if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }

private:
    termios before_{};
    bool changed_ = false;
};

// One line without its newline; nothing at the end of the input, or where the line is too long.
std::optional<Secret> read_line() {
    std::array<char, password_size_max + 2> buffer{};
    if (!std::fgets(buffer.data(), buffer.size(), stdin)) return std::nullopt;
    std::string_view line(buffer.data());
    const bool complete = line.ends_with('\n') || std::feof(stdin) != 0;
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::optional<Secret> password;
    if (complete) password.emplace(std::string(line));
    explicit_bzero(buffer.data(), buffer.size());
    return password;
}

std::optional<Secret> ask(std::string_view prompt) {
    const SilentTerminal silent;
    fmt::print(stderr, "{}", prompt);
    auto password = read_line();
    fmt::print(stderr, "\n");
    return password;
}

}  // namespace

std::expected<Secret, std::string> read_new_password() {
    const bool terminal = isatty(STDIN_FILENO) == 1;
    auto password = terminal ? ask("Password: ") : read_line();
    if (!password || password->empty()) {
        return std::unexpected("no password was given, or one longer than 1024 bytes");
    }
    if (terminal) {
        const auto again = ask("Once more: ");
        if (!again || again->reveal() != password->reveal()) {
            return std::unexpected("the two passwords differ");
        }
    }
    return *std::move(password);
}

}  // namespace sluice::server
