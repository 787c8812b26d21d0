-- Tokens by the digest of their text; those of a grant share its tag. Times are seconds since 1970, as OAuth has them,
-- so that a partition's bounds are plain numbers. Partitions are made ahead and dropped by Sluice itself.
CREATE TABLE sluice_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE sluice_access_tokens (
    tag bigint NOT NULL,
    digest bytea NOT NULL,
    client_id text NOT NULL,
    username text NOT NULL,
    scope text NOT NULL,
    resource text NOT NULL,
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tag, digest, expires_at)
) PARTITION BY RANGE (expires_at);
CREATE TABLE sluice_access_tokens_default PARTITION OF sluice_access_tokens DEFAULT;

CREATE TABLE sluice_refresh_tokens (
    tag bigint NOT NULL,
    digest bytea NOT NULL,
    client_id text NOT NULL,
    username text NOT NULL,
    scope text NOT NULL,
    resource text NOT NULL,
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    rotated_at bigint NOT NULL,
    PRIMARY KEY (tag, digest, expires_at)
) PARTITION BY RANGE (expires_at);
CREATE TABLE sluice_refresh_tokens_default PARTITION OF sluice_refresh_tokens DEFAULT;
