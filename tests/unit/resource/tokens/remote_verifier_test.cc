// Tokens of another authorization server (RFC 7662).
#include "resource/tokens/remote_verifier.h"

#include <gtest/gtest.h>

#include "base/result.h"
#include "resource/tokens/introspection_response.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using Known = std::expected<token::TokenInfo, TokenError>;

io::Task<Known> verify(Verifier& verifier, std::string_view token, std::string_view peer,
                       io::CancelScope* scope) {
    token::TokenInfo info;
    CO_REQUIRE(co_await verifier.verify(token, peer, scope, info));
    co_return Known(std::move(info));
}

using std::chrono::seconds;

constexpr std::string_view peer = "192.0.2.1";

constexpr std::string_view active =
    R"({"active":true,"scope":"mcp:read","client_id":"pub","sub":"alice",)"
    R"("aud":"https://box.example/mcp","exp":2000000000})";

TEST(IntrospectionAnswer, TellsActiveInactiveAndUnavailableApart) {
    EXPECT_EQ(read_introspection_answer(http::Status::ok, {}, active)->subject, "alice");
    EXPECT_EQ(read_introspection_answer(http::Status::ok, {}, R"({"active":false})").error().fault,
              TokenFault::inactive);
    for (const http::Status status :
         {http::Status::unauthorized, http::Status::not_found, http::Status::internal_server_error,
          http::Status::found, http::Status::too_many_requests}) {
        EXPECT_EQ(read_introspection_answer(status, {}, active).error().fault,
                  TokenFault::unavailable);
    }
    for (const std::string_view body : {"", "<html>", "{}"}) {
        EXPECT_EQ(read_introspection_answer(http::Status::ok, {}, body).error().fault,
                  TokenFault::unavailable)
            << body;
    }
}

TEST(IntrospectionAnswer, ThatCannotBeUsedIsFinal) {
    for (const std::string_view body :
         {R"({"active":"true"})", R"({"active":true,"exp":"soon"})", R"({"active":true,"sub":[]})",
          R"({"active":true,"sub":"a","sub":"b"})"}) {
        const auto answer = read_introspection_answer(http::Status::ok, {}, body);
        ASSERT_FALSE(answer.has_value()) << body;
        EXPECT_EQ(answer.error().fault, TokenFault::inactive) << body;
        EXPECT_FALSE(answer.error().detail.empty()) << "the log says why";
    }
}

TEST(IntrospectionAnswer, TakesBearerAccessTokensOnly) {
    const auto answer = [](std::string_view members) {
        return read_introspection_answer(http::Status::ok, {},
                                         fmt::format(R"({{"active":true{}}})", members));
    };
    for (const std::string_view members :
         {R"()", R"(,"token_type":"Bearer")", R"(,"token_type":"bearer","typ":"at+jwt")",
          R"(,"token_type":null)", R"(,"token_use":"access","typ":"Bearer")"}) {
        EXPECT_TRUE(answer(members).has_value()) << members;
    }
    for (const std::string_view members :
         {R"(,"token_type":"DPoP")", R"(,"token_type":"refresh_token")", R"(,"typ":"Refresh")",
          R"(,"token_type":"Bearer","token_use":"refresh_token")", R"(,"token_use":"refresh")"}) {
        const auto refused = answer(members);
        ASSERT_FALSE(refused.has_value()) << members;
        EXPECT_EQ(refused.error().fault, TokenFault::inactive) << members;
    }
}

TEST(IntrospectionAnswer, PassesABoundedPauseOn) {
    const auto pause = [](std::string_view retry_after) {
        return read_introspection_answer(http::Status::service_unavailable, retry_after, "")
            .error()
            .retry_after;
    };
    EXPECT_EQ(pause("7"), seconds{7});
    EXPECT_EQ(pause("0"), seconds{1});
    EXPECT_EQ(pause("99999999"), seconds{60});
    EXPECT_EQ(pause("Wed, 21 Oct 2026 07:28:00 GMT"), seconds{1});
}

/// The fake upstream plays the authorization server.
struct RemoteWorld {
    World world;
    IntrospectionSettings settings{.endpoint = "http://127.0.0.1:9000/introspect",
                                   .client_id = "r s",
                                   .client_secret = Secret("s:cret"),
                                   .timeout = seconds{5}};

    RemoteWorld() {
        world.upstream.answer = FakeUpstream::fixed(200, "application/json", std::string(active));
    }

    using Scenario = std::function<io::Task<void>(io::Shard&, RemoteVerifier&)>;
    void play(const Scenario& scenario) {
        world.play([&](io::Shard& shard) -> io::Task<void> {
            io::WorkerPool workers({}, 1);
            http::Client client(shard, workers);
            {
                RemoteVerifier verifier(shard, client, settings);
                co_await scenario(shard, verifier);
                co_await verifier.close();
            }
            co_await client.close();
        });
    }
};

TEST(RemoteVerifier, AsksAsRfc7662Says) {
    RemoteWorld remote;
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        const auto info = co_await verify(verifier, "abc+/=", peer, nullptr);
        EXPECT_EQ(info.value().subject, "alice");
    });
    ASSERT_EQ(remote.world.upstream.seen.size(), 1U);
    const FakeUpstream::Seen& seen = remote.world.upstream.seen.front();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/introspect");
    EXPECT_EQ(seen.body, "token=abc%2B%2F%3D&token_type_hint=access_token");
    EXPECT_TRUE(has(seen.fields, "content-type: application/x-www-form-urlencoded\n"));
    EXPECT_TRUE(has(seen.fields, "authorization: Basic citzOnMlM0FjcmV0\n"));  // r+s:s%3Acret
}

TEST(RemoteVerifier, MaySendItsSecretInTheBody) {
    RemoteWorld remote;
    remote.settings.auth_method = token::ClientAuthMethod::client_secret_post;
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        EXPECT_TRUE((co_await verify(verifier, "abc", peer, nullptr)).has_value());
    });
    const FakeUpstream::Seen& seen = remote.world.upstream.seen.front();
    EXPECT_TRUE(has(seen.body, "client_id=r+s&client_secret=s%3Acret"));
    EXPECT_FALSE(has(seen.fields, "authorization"));
}

TEST(RemoteVerifier, AsksEveryTimeUnlessItMayRemember) {
    RemoteWorld remote;
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        for (int i = 0; i < 3; ++i) co_await verify(verifier, "abc", peer, nullptr);
    });
    EXPECT_EQ(remote.world.upstream.seen.size(), 3U);
}

TEST(RemoteVerifier, RemembersAnActiveAnswerForItsTime) {
    RemoteWorld remote;
    remote.settings.cache_ttl = seconds{10};
    remote.play([&](io::Shard& shard, RemoteVerifier& verifier) -> io::Task<void> {
        co_await verify(verifier, "abc", peer, nullptr);
        co_await io::Sleep(shard, seconds{9});
        EXPECT_EQ((co_await verify(verifier, "abc", peer, nullptr)).value().subject, "alice");
        EXPECT_EQ(remote.world.upstream.seen.size(), 1U);
        co_await verify(verifier, "other", peer, nullptr);
        EXPECT_EQ(remote.world.upstream.seen.size(), 2U);
        co_await io::Sleep(shard, seconds{2});
        co_await verify(verifier, "abc", peer, nullptr);
        EXPECT_EQ(remote.world.upstream.seen.size(), 3U);
    });
}

TEST(RemoteVerifier, NeverRemembersBeyondTheTokensOwnTime) {
    RemoteWorld remote;
    remote.settings.cache_ttl = std::chrono::hours{1};
    remote.play([&](io::Shard& shard, RemoteVerifier& verifier) -> io::Task<void> {
        remote.world.upstream.answer = FakeUpstream::fixed(
            200, "application/json",
            fmt::format(R"({{"active":true,"exp":{}}})", numeric_date(shard.wall_now()) + 5));
        co_await verify(verifier, "abc", peer, nullptr);
        co_await io::Sleep(shard, seconds{6});
        co_await verify(verifier, "abc", peer, nullptr);
    });
    EXPECT_EQ(remote.world.upstream.seen.size(), 2U);
}

TEST(RemoteVerifier, RemembersNeitherRefusalsNorFailures) {
    RemoteWorld remote;
    remote.settings.cache_ttl = seconds{10};
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        remote.world.upstream.answer =
            FakeUpstream::fixed(200, "application/json", R"({"active":false})");
        EXPECT_EQ((co_await verify(verifier, "abc", peer, nullptr)).error().fault,
                  TokenFault::inactive);
        remote.world.upstream.answer = FakeUpstream::fixed(500, "", "");
        EXPECT_EQ((co_await verify(verifier, "abc", peer, nullptr)).error().fault,
                  TokenFault::unavailable);
        remote.world.upstream.answer =
            FakeUpstream::fixed(200, "application/json", std::string(active));
        EXPECT_TRUE((co_await verify(verifier, "abc", peer, nullptr)).has_value());
    });
}

TEST(RemoteVerifier, AsksOnceForAllWhoWaitForTheSameToken) {
    RemoteWorld remote;
    remote.world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), seconds{1});
        exchange.response().body() = active;
    };
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        int good = 0;
        io::TaskGroup group;
        for (int i = 0; i < 10; ++i) {
            group.spawn([](RemoteVerifier& asked, int& count) -> io::Task<void> {
                if (co_await verify(asked, "abc", peer, nullptr)) ++count;
            }(verifier, good));
        }
        co_await group.join();
        EXPECT_EQ(good, 10);
    });
    EXPECT_EQ(remote.world.upstream.seen.size(), 1U);
}

TEST(RemoteVerifier, WhoeverLeavesTakesTheAnswerFromNobodyElse) {
    RemoteWorld remote;
    remote.world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), seconds{2});
        exchange.response().body() = active;
    };
    remote.play([&](io::Shard& shard, RemoteVerifier& verifier) -> io::Task<void> {
        io::CancelScope leaving;
        bool left_early = false;
        io::TaskGroup group;
        group.spawn(
            [](RemoteVerifier& asked, io::CancelScope& scope, bool& early) -> io::Task<void> {
                early = !(co_await verify(asked, "abc", peer, &scope)).has_value();
            }(verifier, leaving, left_early));
        bool answered = false;
        group.spawn([](RemoteVerifier& asked, bool& good) -> io::Task<void> {
            good = (co_await verify(asked, "abc", peer, nullptr)).has_value();
        }(verifier, answered));
        co_await io::Sleep(shard, seconds{1});
        leaving.cancel();
        co_await group.join();
        EXPECT_TRUE(left_early);
        EXPECT_TRUE(answered);
    });
}

TEST(RemoteVerifier, AServerThatHangsIsUnavailableInTime) {
    RemoteWorld remote;
    remote.world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), std::chrono::hours{1}, &exchange.scope());
    };
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        EXPECT_EQ((co_await verify(verifier, "abc", peer, nullptr)).error().fault,
                  TokenFault::unavailable);
        EXPECT_LT(remote.world.sim().elapsed(), seconds{6});
    });
}

TEST(RemoteVerifier, OnePeerHasAFewQuestionsUnderWayAndKeepsNobodyElseOut) {
    RemoteWorld remote;
    remote.world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), seconds{1});
        exchange.response().body() = active;
    };
    remote.play([&](io::Shard& shard, RemoteVerifier& verifier) -> io::Task<void> {
        int good = 0;
        io::TaskGroup group;
        for (int i = 0; i < 256; ++i) {
            group.spawn([](RemoteVerifier& asked, std::string token, int& count) -> io::Task<void> {
                if (co_await verify(asked, token, peer, nullptr)) ++count;
            }(verifier, fmt::format("t{}", i), good));
        }
        co_await io::Sleep(shard, std::chrono::milliseconds{100});
        const auto beyond = co_await verify(verifier, "beyond", peer, nullptr);
        EXPECT_FALSE(beyond.has_value());
        EXPECT_EQ(beyond.error().fault, TokenFault::unavailable);
        EXPECT_LT(remote.world.sim().elapsed(), std::chrono::milliseconds{500});
        EXPECT_TRUE((co_await verify(verifier, "t0", peer, nullptr)).has_value());
        EXPECT_TRUE((co_await verify(verifier, "other", "192.0.2.2", nullptr)).has_value());
        co_await group.join();
        EXPECT_EQ(good, 256);
        EXPECT_TRUE((co_await verify(verifier, "beyond", peer, nullptr)).has_value());
    });
}

TEST(RemoteVerifier, AServerThatIsDownIsUnavailable) {
    RemoteWorld remote;
    remote.settings.endpoint = "http://127.0.0.1:9999/introspect";
    remote.play([&](io::Shard&, RemoteVerifier& verifier) -> io::Task<void> {
        EXPECT_EQ((co_await verify(verifier, "abc", peer, nullptr)).error().fault,
                  TokenFault::unavailable);
    });
}

TEST(IntrospectionCache, HoldsNoMoreThanItMayAndDropsTheLeastRecentlyUsed) {
    IntrospectionCache cache(2);
    const MonotonicTime now{};
    const MonotonicTime later = now + seconds{10};
    const token::TokenInfo info = token_of_alice("mcp:read");
    const auto a = crypto::sha256("a");
    const auto b = crypto::sha256("b");
    const auto c = crypto::sha256("c");
    cache.insert(a, info, later);
    cache.insert(b, info, later);
    EXPECT_NE(cache.find(a, now), nullptr);
    cache.insert(c, info, later);
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_NE(cache.find(a, now), nullptr);
    EXPECT_EQ(cache.find(b, now), nullptr);
    EXPECT_NE(cache.find(c, now), nullptr);
    EXPECT_EQ(cache.find(a, later), nullptr);
    EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace sluice::resource
