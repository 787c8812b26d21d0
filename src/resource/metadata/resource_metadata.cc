#include "resource/metadata/resource_metadata.h"

#include "base/check.h"
#include "base/json_writer.h"
#include "resource/metadata/challenge.h"

namespace sluice::resource {

std::string metadata_json(const ResourceSettings& resource) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("resource", resource.identifier.text());
    json.key("authorization_servers").begin_array().value(resource.issuer).end_array();
    const token::ScopeSet& scopes =
        resource.scopes_supported.empty() ? resource.required_scopes : resource.scopes_supported;
    const token::ScopeSet shown = for_discovery(scopes);
    if (!shown.empty()) {
        json.key("scopes_supported").begin_array();
        for (const std::string_view scope : shown) json.value(scope);
        json.end_array();
    }
    json.key("bearer_methods_supported").begin_array().value("header").end_array();
    if (!resource.name.empty()) json.member("resource_name", std::string_view(resource.name));
    json.end_object();
    return out;
}

std::string metadata_path(const ResourceSettings& resource) {
    std::string path(metadata_root);
    path += resource.identifier.path();
    CHECK(path.starts_with('/') && !path.ends_with('/'), path);
    return path;
}

std::string metadata_url(const ResourceSettings& resource) {
    std::string url(resource.identifier.origin());
    url += metadata_path(resource);
    return url;
}

}  // namespace sluice::resource
