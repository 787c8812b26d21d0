#include "base/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace sluice {
namespace {

constexpr WallTime moment{std::chrono::milliseconds{1'700'000'000'042}};

/// What a log writes into a pipe, read back once its writer is gone.
class LogTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }

    template <class Write>
    std::string written(LogLevel level, LogFormat format, Write write) {
        {
            LogWriter writer(ends_[1]);
            Log log(writer, level, format);
            write(log);
            log.flush();
        }
        close(ends_[1]);
        std::string text(1 << 16, '\0');
        const ssize_t size = read(ends_[0], text.data(), text.size());
        close(ends_[0]);
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return text;
    }

    int ends_[2] = {-1, -1};
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
    EXPECT_EQ(written(LogLevel::info, LogFormat::json,
                      [](Log& log) {
                          log.line(LogLevel::info, moment, "request")
                              .add("status", 200)
                              .add("path", "/a\"b\n")
                              .add("kept_alive", true)
                              .add("friction", 0.25);
                      }),
              R"({"time":"2023-11-14T22:13:20.042Z","level":"info","event_type":"request",)"
              R"("status":200,"path":"/a\"b\n","kept_alive":true,"friction":0.25})"
              "\n");
}

TEST_F(LogTest, EndsAlthoughNobodyReads) {
    const std::string line(100'000, 'x');  // more than a pipe holds
    const auto began = std::chrono::steady_clock::now();
    {
        LogWriter writer(ends_[1]);
        for (int i = 0; i < 100; ++i) {
            std::string chunk = line;
            writer.submit(chunk);
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5});
    std::string text(1 << 17, '\0');
    EXPECT_GT(read(ends_[0], text.data(), text.size()), 10'000);
    close(ends_[0]);
    close(ends_[1]);
}

TEST_F(LogTest, QuotesOnlyWhatNeedsItInTextFormat) {
    EXPECT_EQ(
        written(LogLevel::info, LogFormat::text,
                [](Log& log) {
                    log.line(LogLevel::error, moment, "start").add("a", "plain").add("b", "x y");
                }),
        "2023-11-14T22:13:20.042Z error start a=plain b=\"x y\"\n");
}

TEST_F(LogTest, WritesNothingBelowItsLevel) {
    EXPECT_EQ(written(LogLevel::warning, LogFormat::text,
                      [](Log& log) {
                          log.line(LogLevel::info, moment, "hidden").add("a", 1);
                          log.line(LogLevel::warning, moment, "shown").add("a", 2);
                      }),
              "2023-11-14T22:13:20.042Z warning shown a=2\n");
}

}  // namespace
}  // namespace sluice
