// node oidc-provider with what the comparison needs: client_credentials and introspection, opaque tokens, its own
// in-memory adapter.   node server.mjs PORT CLIENT_ID CLIENT_SECRET
import { Provider } from 'oidc-provider';

const [port, clientId, clientSecret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
    clients: [{
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
        scope: 'read write',
    }],
    scopes: ['read', 'write'],
    features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        introspection: { enabled: true, allowedPolicy: () => true },
    },
    ttl: { ClientCredentials: 24 * 3600 },
});
provider.listen(Number(port), '127.0.0.1');
