#include "resource/gateway/gateway.h"

#include <algorithm>

#include "base/check.h"
#include "http/error_response.h"
#include "resource/gateway/request_context.h"
#include "resource/gateway/serve.h"
#include "resource/mcp/json_rpc_error.h"
#include "resource/metadata/protected_resource.h"
#include "resource/metadata/resource_metadata.h"
#include "resource/tokens/jwt_verifier.h"
#include "resource/tokens/remote_verifier.h"
#include "resource/upstream/http_upstream.h"

namespace sluice::resource {
namespace {

constexpr std::size_t callers_kept = 256;

constexpr std::string_view document_methods = "GET, HEAD, OPTIONS";

/// Clients write a resource with and without a slash at its end.
std::string_view without_slash(std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

void answer_document(const http::Request& request, http::Response& response,
                     std::string_view json) {
    add_public_cors_fields(response);
    switch (request.method()) {
        case http::Method::get:
        case http::Method::head:
            response.add_field("Content-Type", "application/json");
            response.add_field("Cache-Control", "public, max-age=300");
            response.body() = json;
            return;
        case http::Method::options:
            response.set_status(http::Status::no_content);
            response.add_field("Allow", document_methods);
            return;
        default:
            response.add_field("Allow", document_methods);
            http::write_error(response, http::Status::method_not_allowed, "invalid_request",
                              "only GET is allowed for this document");
    }
}

}  // namespace

Gateway::Gateway(Parts parts, const Settings& settings)
    : parts_(std::move(parts)),
      origins_(settings),
      streams_(settings.streams_of_caller_max),
      invalid_tokens_(parts_.shard.random(), settings.trusted_networks),
      callers_(callers_kept),
      session_ids_(callers_kept) {
    for (std::size_t i = 0; i < settings.resources.size(); ++i) {
        const ResourceSettings& resource = settings.resources[i];
        resources_.push_back(std::make_unique<ProtectedResource>(
            i, resource, make_verifier(resource), make_upstream(resource)));
        add_document(metadata_path(resource), metadata_json(resource));
        if (!resource.server_id.empty()) {
            add_document(std::string(metadata_root).append("/").append(resource.server_id),
                         metadata_json(resource));
        }
        // Clients of the Python reference look below the resource itself.
        add_document(std::string(resource.identifier.path()).append(metadata_root),
                     metadata_json(resource));
    }
    // Clients that find nothing at the inserted path ask at the root (RFC 9728 §3.1 for a resource
    // without a path); a resource that is the origin itself stands there already.
    if (!documents_.empty()) {
        const std::string first = documents_.front().json;
        add_document(std::string(metadata_root), first);
    }
}

Gateway::~Gateway() = default;

std::unique_ptr<Verifier> Gateway::make_verifier(const ResourceSettings& resource) {
    if (resource.jwt) {
        return std::make_unique<JwtVerifier>(parts_.shard, parts_.client, *resource.jwt,
                                             resource.identifier);
    }
    if (!resource.introspection) {
        CHECK(parts_.local_lookup != nullptr, "a resource verifies locally without a lookup");
        return std::make_unique<LocalVerifier>(parts_.local_lookup, parts_.local_describe);
    }
    auto verifier =
        std::make_unique<RemoteVerifier>(parts_.shard, parts_.client, *resource.introspection);
    remote_verifiers_.push_back(verifier.get());
    return verifier;
}

std::unique_ptr<Upstream> Gateway::make_upstream(const ResourceSettings& resource) {
    if (resource.upstream.empty()) return nullptr;
    return std::make_unique<HttpUpstream>(parts_.client, resource);
}

void Gateway::add_document(const std::string& path, const std::string& json) {
    if (find_document(path) == nullptr) documents_.push_back({path, json});
}

const ProtectedResource* Gateway::find_resource(std::string_view path) const {
    const auto found = std::ranges::find_if(resources_, [&](const auto& resource) {
        return resource->is_proxied() &&
               without_slash(resource->settings().path) == without_slash(path);
    });
    return found == resources_.end() ? nullptr : found->get();
}

const Gateway::Document* Gateway::find_document(std::string_view path) const {
    const auto found = std::ranges::find(documents_, without_slash(path), &Document::path);
    return found == documents_.end() ? nullptr : &*found;
}

bool Gateway::serves(std::string_view path) const {
    return find_resource(path) != nullptr || find_document(path) != nullptr;
}

io::Task<void> Gateway::handle(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    if (const Document* document = find_document(request.path())) {
        answer_document(request, exchange.response(), document->json);
        co_return;
    }
    const ProtectedResource* resource = find_resource(request.path());
    if (resource == nullptr) {
        http::write_error(exchange.response(), http::Status::not_found, "not_found",
                          "nothing is served at this path");
        co_return;
    }
    CHECK(resource->is_proxied() && resource->index() < resources_.size());
    const auto room = callers_.acquire();
    const auto session_id = session_ids_.acquire();
    session_id->clear();
    RequestContext context{*resource,     exchange,
                           parts_.guards, parts_.observer,
                           streams_,      invalid_tokens_,
                           *room,         sessions_ ? &*sessions_ : nullptr,
                           *session_id,   tasks_ ? &*tasks_ : nullptr};
    co_await serve(context, origins_);
    std::swap(context.caller, *room);
}

void Gateway::refuse(const http::Request& request, const http::ParseError& error,
                     http::Response& response) const {
    http::write_error(response, error);
    if (find_document(request.path()) != nullptr) return add_public_cors_fields(response);
    if (origins_.allows(request)) add_cors_fields(request, response);
    response.body().clear();
    append_rpc_error(
        response.body(), "",
        {.code = RpcCode::invalid_request,
         .message = error.description,
         .error = error.status == http::Status::service_unavailable ? "temporarily_unavailable"
                                                                    : "invalid_request",
         .request_id = request.id(),
         .challenge = {},
         .retry_after = 0});
}

io::Task<void> Gateway::close() {
    for (RemoteVerifier* verifier : remote_verifiers_) co_await verifier->close();
}

}  // namespace sluice::resource
