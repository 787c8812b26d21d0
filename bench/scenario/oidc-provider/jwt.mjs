// Prints {"jwks": {...}, "token": "..."}: an ES256 key and an access token that it signed, for a gateway that verifies
// JWTs.   node jwt.mjs ISSUER AUDIENCE
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const [issuer, audience] = process.argv.slice(2);
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const token = await new SignJWT({ scope: 'mcp:read mcp:write', client_id: 'bench-client' })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('bench-client')
    .setIssuedAt()
    .setExpirationTime('24h')
    .sign(privateKey);
const jwk = { ...await exportJWK(publicKey), kid: 'bench', alg: 'ES256', use: 'sig' };
console.log(JSON.stringify({ jwks: { keys: [jwk] }, token }));
