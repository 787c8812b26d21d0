FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libfmt9 libhiredis0.14 libpq5 libre2-9 \
    libsimdjson14 libsqlite3-0 libtomlplusplus3 libxxhash0 && rm -rf /var/lib/apt/lists/*
COPY build/release/sluice /usr/local/bin/sluice
COPY examples/servers.toml /etc/sluice/sluice.toml
USER nobody
CMD ["sluice", "serve", "--config", "/etc/sluice/sluice.toml"]
