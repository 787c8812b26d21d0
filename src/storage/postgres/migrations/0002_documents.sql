-- Everything that is no token, by kind and key; the keys are in the order of their bytes.
CREATE TABLE sluice_documents (
    kind smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX sluice_documents_expires_at ON sluice_documents (expires_at) WHERE expires_at < 'infinity';
