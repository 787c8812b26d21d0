// Registration requests: what is accepted holds only redirect URIs that may be registered, is the
// same client when it is registered again, and is answered in JSON without a null.
#include "oauth/clients/client_metadata.h"

#include "base/check.h"
#include "base/json.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/clients/registered_client_id.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/oauth_settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::oauth;
    static const oauth::Settings settings = oauth_test::test_settings_without_users();
    const auto metadata = parse_client_metadata(fuzz::text_of(data, size), settings, false);
    if (!metadata) {
        for (const char c : metadata.error().description) {
            CHECK(c >= 0x20 && c < 0x7f && c != '"' && c != '\\', metadata.error().description);
        }
        return 0;
    }
    CHECK(metadata->grant_types.has(GrantType::authorization_code) &&
          !metadata->grant_types.has(GrantType::client_credentials));
    CHECK(!metadata->redirect_uris.empty());
    for (const std::string& uri : metadata->redirect_uris)
        CHECK(!registered_redirect_uri_fault(uri), uri);

    std::string members = "{";
    append_metadata_members(members, *metadata);
    members += '}';
    const auto document = JsonDocument::parse(members);
    CHECK(document.has_value() && document->root().is_object(), members);
    for (const JsonMember& member : document->root().members()) CHECK(!member.value.is_null());

    const auto again = parse_client_metadata(members, settings, false);
    CHECK(again.has_value(), members);
    SeededRandom random(1);
    const Keys keys = Keys::generate(random);
    const std::string client_id = seal_client_id(registered_client(*metadata), keys, random);
    const auto opened = open_client_id(client_id, keys);
    CHECK(opened && opened->grant_types == metadata->grant_types, members);
    const bool is_same = seal_client_id(registered_client(*again), keys, random) == client_id;
    CHECK(is_same == !opened->confidential(), members);
    return 0;
}
