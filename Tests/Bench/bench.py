#!/usr/bin/env python3
"""CPU per request of Martlet, nginx and Envoy as TLS proxies before one upstream, driven by wrk.

Each proxy runs with one worker, alone, in turn, several rounds; figures are medians over the rounds. CPU is the proxy
process's own user and system time (/proc/PID/stat), so the load generator and the upstream do not count. All speak TLS
1.3 with the same suite and certificate and keep connections alive on both sides. Martlet verifies the signature it gets,
decides by IAM and by the Rego bundle that ships, signs for the store and writes an audit line; Envoy signs; nginx passes on.
"""

import argparse
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARTLET = pathlib.Path(os.environ.get("MARTLET_BINARY", ROOT / ".build/release/martlet"))
ENVOY = os.environ.get("MARTLET_BENCH_ENVOY", "")
ACCESS_KEY, SECRET_KEY = "MARTLETBENCHKEY00001", "bench-root-secret-key-0123456789abcdefgh"
BUCKET, ROLE, ACCOUNT = "bench", "bench-role", "000000000000"
TICKS = os.sysconf("SC_CLK_TCK")
# Each proxy prefers another suite, and Envoy's cannot be set for TLS 1.3: so the client offers one only.
CIPHER = "TLS_AES_128_GCM_SHA256"
OPENSSL_CONF = f"""openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = client
[client]
MinProtocol = TLSv1.3
Ciphersuites = {CIPHER}
"""
WORKLOADS = {
    # name: (method, object, bytes, connections)
    "1 KiB GET": ("GET", "1k", 1 << 10, 32),
    "64 KiB GET": ("GET", "64k", 64 << 10, 32),
    "16 MiB GET": ("GET", "16m", 16 << 20, 4),
    "1 MiB PUT": ("PUT", "put", 1 << 20, 8),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_port(port, process, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} does not listen on {port}")


def children(pid):
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def cpu_seconds(pid):
    total = 0
    for process in children(pid):
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def signed_headers(method, path, host, payload_hash, service="s3", credentials=(ACCESS_KEY, SECRET_KEY), token=None):
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"host": host, "x-amz-content-sha256": payload_hash, "x-amz-date": stamp}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    canonical = "\n".join([method, path, "", *(f"{k}:{headers[k]}" for k in sorted(headers)), "", names, payload_hash])
    scope = f"{day}/us-east-1/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    access_key, secret = credentials
    key = ("AWS4" + secret).encode()
    for part in (day, "us-east-1", service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, "
                                f"Signature={signature}")
    del headers["host"]
    return headers


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.processes = []

    def spawn(self, command, name, **kwargs):
        log = open(self.folder / f"{name}.log", "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **kwargs)
        self.processes.append(process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def certificate(self):
        run = lambda *a: subprocess.run(["openssl", *a], check=True, capture_output=True, cwd=self.folder)
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tls.key",
            "-out", "tls.pem", "-days", "7", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
        (self.folder / "client.cnf").write_text(OPENSSL_CONF)
        self.client_environment = dict(os.environ, OPENSSL_CONF=str(self.folder / "client.cnf"))

    def check_cipher(self, port):
        """Makes sure that what is compared is sealed alike."""
        output = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], input="", text=True,
                                capture_output=True, env=self.client_environment).stdout
        if f"Cipher is {CIPHER}" not in output:
            raise RuntimeError(f"port {port} does not speak {CIPHER}:\n{output}")

    def upstream(self):
        www = self.folder / "www" / BUCKET
        www.mkdir(parents=True)
        for _, name, size, _ in WORKLOADS.values():
            (www / name).write_bytes(os.urandom(size))
        port = free_port()
        self.nginx("upstream", f"""
          keepalive_requests 100000000; sendfile on; client_max_body_size 0; client_body_buffer_size 2m;
          server {{ listen 127.0.0.1:{port} backlog=4096; root {self.folder}/www;
            location = /{BUCKET}/put {{ if ($request_method = PUT) {{ rewrite ^ /discard last; }} }}
            location = /discard {{ internal; proxy_pass http://127.0.0.1:{port}/sink; proxy_pass_request_body on; }}
            location = /sink {{ return 200; }} }}""", port)
        return port

    def nginx(self, name, http, port):
        prefix = self.folder / name
        (prefix / "tmp").mkdir(parents=True)
        paths = " ".join(f"{n}_temp_path {prefix}/tmp/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        (prefix / "nginx.conf").write_text(f"""{user} daemon off; master_process on; worker_processes 1;
          pid {prefix}/nginx.pid; error_log {prefix}/error.log warn; events {{ worker_connections 4096; }}
          http {{ access_log off; {paths} {http} }}""")
        process = self.spawn(["nginx", "-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e",
                              str(prefix / "error.log")], name)
        wait_port(port, process)
        return process

    def start_nginx(self, upstream):
        port = free_port()
        return self.nginx(f"nginx-{port}", f"""
          keepalive_requests 100000000; client_max_body_size 0;
          upstream up {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000; }}
          server {{ listen 127.0.0.1:{port} ssl backlog=4096; ssl_certificate {self.folder}/tls.pem;
            ssl_certificate_key {self.folder}/tls.key; ssl_protocols TLSv1.2 TLSv1.3;
            location / {{ proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
              proxy_set_header Host $http_host; proxy_request_buffering off; proxy_buffering on;
              proxy_max_temp_file_size 0; }} }}""", port), port

    def start_envoy(self, upstream):
        port = free_port()
        config = {
            "static_resources": {
                "listeners": [{
                    "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
                    "filter_chains": [{
                        "transport_socket": {"name": "tls", "typed_config": {
                            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                            "common_tls_context": {"tls_certificates": [{
                                "certificate_chain": {"filename": str(self.folder / "tls.pem")},
                                "private_key": {"filename": str(self.folder / "tls.key")}}]}}},
                        "filters": [{"name": "http", "typed_config": {
                            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
                                     ".HttpConnectionManager",
                            "stat_prefix": "in", "codec_type": "HTTP1",
                            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                                {"match": {"prefix": "/"}, "route": {"cluster": "up", "timeout": "0s"}}]}]},
                            "http_filters": [
                                {"name": "sign", "typed_config": {
                                    "@type": "type.googleapis.com/envoy.extensions.filters.http.aws_request_signing.v3"
                                             ".AwsRequestSigning",
                                    "service_name": "s3", "region": "us-east-1", "use_unsigned_payload": True}},
                                {"name": "router", "typed_config": {
                                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
                "clusters": [{"name": "up", "type": "STATIC", "connect_timeout": "5s", "load_assignment": {
                    "cluster_name": "up", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {
                        "address": "127.0.0.1", "port_value": upstream}}}}]}]}}]}}
        path = self.folder / f"envoy-{port}.json"
        path.write_text(json.dumps(config))
        environment = dict(os.environ, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY)
        process = self.spawn([ENVOY, "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "-l", "error"],
                             "envoy", env=environment)
        wait_port(port, process)
        return process, port

    def start_martlet(self, upstream, more=None):
        """more: further settings by name, as JSON has them."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet.", dir=self.folder))
        secret = folder / "store-secret"
        secret.write_text("store-secret-key-0123456789abcdefghijk")
        secret.chmod(0o600)
        user_secret = folder / "user-secret"
        user_secret.write_text(SECRET_KEY)
        user_secret.chmod(0o600)
        (folder / "martlet.yaml").write_text(f"""
threads: 1
authorization: {{policies: {ROOT / "policies"}}}
backends:
  store:
    type: s3
    endpoint: http://127.0.0.1:{upstream}
    access_key: STOREACCESSKEY000001
    secret_key_file: {secret}
identities:
  policies:
    bench-readwrite:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
          Resource: ["arn:aws:s3:::{BUCKET}", "arn:aws:s3:::{BUCKET}/*"]
  users:
    bench:
      access_keys:
        - id: {ACCESS_KEY}
          secret_file: {user_secret}
      policies: [bench-readwrite]
  roles:
    {ROLE}:
      trust_policy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{AWS: "arn:aws:iam::{ACCOUNT}:user/bench"}}
            Action: sts:AssumeRole
      policies: [bench-readwrite]
""" + "".join(f"{name}: {json.dumps(value)}\n" for name, value in (more or {}).items()))
        port = free_port()
        process = self.spawn([str(MARTLET), "serve", "--data", str(folder / "data"), "--config",
                              str(folder / "martlet.yaml"), "--listen", f"127.0.0.1:{port}", "--operations",
                              "127.0.0.1:0"], "martlet",
                             env={k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")})
        wait_port(port, process)
        return process, port

    def drive(self, process, port, workload, seconds):
        method, name, size, connections = WORKLOADS[workload]
        path, host = f"/{BUCKET}/{name}", f"localhost:{port}"
        headers = signed_headers(method, path, host, "UNSIGNED-PAYLOAD")
        body = f'string.rep("x", {size})' if method == "PUT" else None
        self.check_cipher(port)
        self.load(process, port, path, connections, 1, static_script(method, headers, body))
        row = self.load(process, port, path, connections, seconds, static_script(method, headers, body))
        row["cpu_s_per_gb"] = row["cpu_us"] / size * 1e3
        return row

    def load(self, process, port, path, connections, seconds, script):
        """Has wrk run a script; every answer must be a success."""
        (self.folder / "wrk.lua").write_text(script)
        command = ["wrk", "-t1", f"-c{connections}", "-s", str(self.folder / "wrk.lua"), "--timeout", "20s",
                   f"-d{seconds}s", f"https://localhost:{port}{path}"]
        before, started = cpu_seconds(process.pid), time.time()
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=self.client_environment).stdout
        cpu = cpu_seconds(process.pid) - before
        requests = int(re.search(r"(\d+) requests in", output).group(1))
        errors = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        if errors or not requests:
            raise RuntimeError(f"{path}: {errors.group(1) if errors else 'none'} of {requests} requests failed\n{output}")
        return {"requests/s": requests / (time.time() - started), "cpu_us": cpu / requests * 1e6}


def static_script(method, headers, body=None):
    """The same request again and again. body: an expression of Lua."""
    lines = [f'wrk.method = "{method}"'] + [f'wrk.headers["{key}"] = "{value}"' for key, value in headers.items()]
    return "\n".join(lines + [f"wrk.body = {body}"] * bool(body)) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", help="a workload's name")
    parser.add_argument("--json", help="file for the figures")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench."))
    folder.chmod(0o711)
    bench = Bench(folder)
    starters = {"martlet": bench.start_martlet, "nginx": bench.start_nginx}
    if ENVOY and os.access(ENVOY, os.X_OK):
        starters["envoy"] = bench.start_envoy
    workloads = [arguments.only] if arguments.only else list(WORKLOADS)
    figures = {workload: {name: [] for name in starters} for workload in workloads}
    try:
        bench.certificate()
        upstream = bench.upstream()
        for round_number in range(arguments.rounds):
            for name, start in starters.items():
                process, port = start(upstream)
                for workload in workloads:
                    print(f"round {round_number + 1}: {name}, {workload}", file=sys.stderr)
                    figures[workload][name].append(bench.drive(process, port, workload, arguments.seconds))
                bench.stop(process)
    finally:
        for process in list(bench.processes):
            bench.stop(process)
        if sys.exc_info()[0] is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"logs are in {folder}", file=sys.stderr)
    median = lambda rows, key: statistics.median(row[key] for row in rows)
    print("| workload | proxy | requests/s | CPU µs/request | CPU s/GB | CPU against nginx |")
    print("|---|---|---:|---:|---:|---:|")
    for workload in workloads:
        base = median(figures[workload]["nginx"], "cpu_us")
        for name, rows in figures[workload].items():
            cpu = median(rows, "cpu_us")
            print(f"| {workload} | {name} | {median(rows, 'requests/s'):.0f} | {cpu:.1f} "
                  f"| {median(rows, 'cpu_s_per_gb'):.2f} | {cpu / base:.2f} |")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
