#include "resource/upstream/http_upstream.h"

#include "base/block_pool.h"
#include "base/check.h"
#include "base/result.h"
#include "http/uri.h"

namespace sluice::resource {
namespace {

http::HttpUrl url_of(const ResourceSettings& settings) {
    auto url = http::HttpUrl::parse(settings.upstream);
    CHECK(url.has_value(), settings.upstream);
    return *std::move(url);
}

/// One for each call: its memory comes from the shard's pool.
class HttpUpstreamResponse final : public UpstreamResponse {
public:
    explicit HttpUpstreamResponse(http::ClientResponse response) : response_(std::move(response)) {}

    static void* operator new(std::size_t size) { return allocate_block(size); }
    static void operator delete(void* block, std::size_t size) { release_block(block, size); }

    const http::ResponseHead& head() const override { return response_.head(); }
    io::Task<http::ClientResult<std::string_view>> next_chunk() override {
        return response_.next_chunk();
    }
    io::Task<http::ClientResult<>> read_body(std::string& body, std::size_t bytes_max) override {
        return response_.read_body(body, bytes_max);
    }

private:
    http::ClientResponse response_;
};

}  // namespace

HttpUpstream::HttpUpstream(http::Client& client, const ResourceSettings& settings)
    : client_(client),
      origin_(client.origin(url_of(settings),
                            settings.upstream_trust ? &*settings.upstream_trust : nullptr)),
      target_(url_of(settings).target()) {}

io::Task<http::ClientResult<std::unique_ptr<UpstreamResponse>>> HttpUpstream::send(
    const http::OutgoingRequest& request, const http::CallOptions& options) {
    CO_TRY(http::ClientResponse response, co_await client_.send(origin_, request, options));
    co_return std::make_unique<HttpUpstreamResponse>(std::move(response));
}

}  // namespace sluice::resource
