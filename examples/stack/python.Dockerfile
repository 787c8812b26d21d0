# trixie: the wheel asks for a glibc as new as Debian 12's.
FROM python:3.13-slim-trixie
COPY sdk/python/requirements-mcp2.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements-mcp2.txt
COPY build/examples/dist/ /tmp/dist/
RUN pip install --no-cache-dir --no-deps /tmp/dist/sluice_mcp-*.whl
COPY examples/stack/*.py /app/
WORKDIR /app
USER nobody
