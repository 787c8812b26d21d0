-- Which grants are dead, for boxes that have them in memory. A number of the transaction tells what a box can have seen:
-- rows may become visible in another order than that of their ids.
CREATE TABLE sluice_revocations (
    id bigserial PRIMARY KEY,
    tag bigint NOT NULL,
    transaction bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    revoked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sluice_revocations_transaction ON sluice_revocations (transaction);
CREATE INDEX sluice_revocations_revoked_at ON sluice_revocations (revoked_at);
