-- The tables of a Python server, which keeps tokens as text. Tables that are there already stay as they are.
CREATE TABLE IF NOT EXISTS mcp_access_tokens (
    token text PRIMARY KEY,
    client_id text NOT NULL,
    scopes text NOT NULL,
    resource text,
    expires_at bigint,
    created_at bigint,
    user_id text
);
CREATE TABLE IF NOT EXISTS mcp_refresh_tokens (
    token text PRIMARY KEY,
    client_id text NOT NULL,
    scopes text NOT NULL,
    resource text,
    expires_at bigint,
    created_at bigint,
    user_id text
);

-- The tag of a token: the one its text carries where Sluice made it, else the first 48 bits of its SHA-256.
CREATE FUNCTION sluice_token_tag(token text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN token COLLATE "C" ~ '^(sat|srt|sac|sse)_[A-Za-z0-9_-]{50}[AEIMQUYcgkosw048]$' THEN
            ('x' || encode(decode(translate(substr(token, 5, 8), '-_', '+/'), 'base64'), 'hex'))::bit(48)::bigint
        ELSE ('x' || encode(substr(sha256(convert_to(token, 'UTF8')), 1, 6), 'hex'))::bit(48)::bigint
    END
$$;
CREATE INDEX sluice_mcp_access_tokens_tag ON mcp_access_tokens (sluice_token_tag(token));
CREATE INDEX sluice_mcp_refresh_tokens_tag ON mcp_refresh_tokens (sluice_token_tag(token));

-- Who deletes a token that has not expired revokes its grant, on every box; Sluice's own sessions say so themselves.
CREATE FUNCTION sluice_plain_token_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expires_at jsonb := to_jsonb(OLD) -> 'expires_at';
    family bigint := sluice_token_tag(OLD.token);
BEGIN
    IF coalesce(current_setting('sluice.writer', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    IF (jsonb_typeof(expires_at) = 'number'
            AND (expires_at #>> '{}')::numeric <= extract(epoch FROM clock_timestamp()))
        OR (jsonb_typeof(expires_at) = 'string' AND (expires_at #>> '{}')::timestamptz <= clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(family);
    DELETE FROM sluice_access_tokens WHERE tag = family;
    DELETE FROM sluice_refresh_tokens WHERE tag = family;
    INSERT INTO sluice_revocations (tag) VALUES (family);
    PERFORM pg_notify('sluice_revoked', family::text);
    RETURN NULL;
END
$$;
CREATE TRIGGER sluice_plain_token_deleted AFTER DELETE ON mcp_access_tokens
    FOR EACH ROW EXECUTE FUNCTION sluice_plain_token_deleted();
CREATE TRIGGER sluice_plain_token_deleted AFTER DELETE ON mcp_refresh_tokens
    FOR EACH ROW EXECUTE FUNCTION sluice_plain_token_deleted();
