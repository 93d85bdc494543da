"""Bundles polled from an HTTPS server by the running gateway."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import io
import json
import os
import ssl
import subprocess
import tarfile
import threading
import time

import botocore.exceptions
import pytest
import yaml

from gateway import BINARY, Gateway
from identities import allow, keys, user
from policy_servers import certificate

SECRET = "bundle-secret-0123456789-0123456789-abc"


def module(word):
    """Denies objects named `word`."""
    return f'package martlet.authz\n\ndeny contains "no" if input.object.key == "{word}"\n'


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def bundle(text, secret=None, tampered=None):
    files = {"authz.rego": text.encode()}
    if secret:
        listed = [{"name": n, "hash": hashlib.sha256(c).hexdigest(), "algorithm": "SHA-256"} for n, c in files.items()]
        head = encoded(json.dumps({"alg": "HS256", "kid": "ci"}).encode())
        body = encoded(json.dumps({"files": listed}).encode())
        mac = encoded(hmac.new(secret.encode(), head + b"." + body, hashlib.sha256).digest())
        files[".signatures.json"] = json.dumps({"signatures": [(head + b"." + body + b"." + mac).decode()]}).encode()
    if tampered:
        files["authz.rego"] = tampered.encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class BundleServer:
    """Gives `content` with an ETag of its digest, or what `answer` does with the handler."""

    def __init__(self, tls, port=0):
        self.content, self.answer, self.seen, self.sent = b"", None, [], 0
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                owner.seen.append((self.path, dict(self.headers)))
                if owner.answer:
                    return owner.answer(self)
                etag = '"' + hashlib.sha256(owner.content).hexdigest()[:16] + '"'
                if self.headers.get("If-None-Match") == etag:
                    return self.reply(304, ETag=etag)
                owner.sent += 1
                self.reply(200, owner.content, ETag=etag)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_port

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@pytest.fixture
def tls(tmp_path):
    return certificate(tmp_path / "pki", "IP:127.0.0.1")


@pytest.fixture
def server(tls):
    with BundleServer(tls) as running:
        yield running


def settings(server, tmp_path, signed=False, **bundle_server):
    authorization = {
        "policies": f"https://127.0.0.1:{server.port}/bundles/authz.tar.gz",
        "bundle_server": {"ca_file": str(tmp_path / "pki/ca.pem"), "poll_interval": "200ms", "timeout": "1s",
                          **bundle_server}}
    if signed:
        key = tmp_path / "bundle.key"
        key.write_text(SECRET)
        key.chmod(0o600)
        authorization["bundle_keys"] = [{"id": "ci", "algorithm": "HS256", "key_file": str(key)}]
    return yaml.safe_dump({"authorization": authorization, "tls": {"reload_interval": "1s"},
                           "identities": {"users": user("alice", allow("s3:*", "*"))}})


def code(s3, key):
    try:
        s3.put_object(Bucket="data", Key=key, Body=b"x")
        return "allowed"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def denied(gateway):
    """Which of the words the policy in force denies."""
    s3 = gateway.client(**keys("alice"))
    return [word for word in ["one", "two", "three"] if code(s3, word) == "AccessDenied"]


def becomes(gateway, words, timeout=8):
    end = time.monotonic() + timeout
    while denied(gateway) != words and time.monotonic() < end:
        time.sleep(0.1)
    assert denied(gateway) == words, gateway.log[-5:]


@contextlib.contextmanager
def start(config, **arguments):
    with Gateway(config, **arguments) as gateway:
        gateway.client(**keys("alice")).create_bucket(Bucket="data")
        yield gateway


def test_polled_with_etags_and_refused_whole(server, tmp_path):
    server.content = bundle(module("one"))
    with start(settings(server, tmp_path)) as gateway:
        assert denied(gateway) == ["one"]
        path, headers = server.seen[0]
        assert path == "/bundles/authz.tar.gz" and "If-None-Match" not in headers
        end = time.monotonic() + 8
        while len(server.seen) < 4 and time.monotonic() < end:
            time.sleep(0.1)
        # 304 from the second look on, or at the latest from the one behind it.
        assert len(server.seen) >= 4 and server.sent <= 2 and "If-None-Match" in server.seen[-1][1]
        server.content = bundle(module("two"))
        becomes(gateway, ["two"])
        # Neither what does not compile, nor what is no archive, nor a bundle that could do nothing.
        for bad in [bundle("package martlet.authz\n\ndeny contains x if y"), b"<html>", b"", bundle("package other\n")]:
            before = len(gateway.log)
            server.content = bad
            gateway.await_log("refused", before)
            looks = len(server.seen)
            while len(server.seen) < looks + 2:
                time.sleep(0.1)
            assert denied(gateway) == ["two"]
            assert len([line for line in gateway.log[before:] if "refused" in line]) == 1
        server.content = bundle(module("three"))
        becomes(gateway, ["three"])


@pytest.mark.parametrize("answer", [
    lambda h: h.reply(404), lambda h: h.reply(500, b"x"), lambda h: h.reply(204),
    lambda h: h.reply(302, Location="/elsewhere"), lambda h: time.sleep(2),
    lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nx"),
    lambda h: h.reply(200, os.urandom(2_000_000)),
], ids=["404", "500", "204", "302", "slow", "cut", "large"])
def test_failures_leave_what_is_in_force(server, tmp_path, answer):
    server.content = bundle(module("one"))
    with start(settings(server, tmp_path, archive_bytes_max="1MiB")) as gateway:
        before = len(gateway.log)
        server.answer = lambda h: (answer(h), setattr(h, "close_connection", True))
        gateway.await_log("cannot be fetched", before)
        assert denied(gateway) == ["one"]
        server.content, server.answer = bundle(module("two")), None
        becomes(gateway, ["two"], timeout=15)


def test_outlives_its_server_and_a_restart(server, tls, tmp_path):
    config = settings(server, tmp_path, signed=True)
    folder = tmp_path / "gateway"
    folder.mkdir()
    server.content = bundle(module("one"), SECRET)
    with start(config, folder=folder) as gateway:
        becomes(gateway, ["one"])
        # Signed by another, changed after signing, not signed at all.
        for bad in [bundle(module("two"), "x" * 40), bundle(module("one"), SECRET, tampered=module("two")),
                    bundle(module("two"))]:
            before = len(gateway.log)
            server.content = bad
            assert "signature" in gateway.await_log("refused", before)
            assert denied(gateway) == ["one"]
        port = server.port
        server.close()
        gateway.await_log("cannot be fetched", 0)
        assert denied(gateway) == ["one"]
    kept = list((folder / "data/bundles").glob("*.tar.gz"))
    assert len(kept) == 1 and kept[0].stat().st_mode & 0o077 == 0
    with Gateway(config, folder=folder) as gateway:
        assert denied(gateway) == ["one"]
        gateway.await_log("kept from before", 0)
        with BundleServer(tls, port) as again:
            again.content = bundle(module("three"), SECRET)
            becomes(gateway, ["three"], timeout=15)
    # What is kept is verified like what comes.
    kept[0].write_bytes(bundle(module("two"), "x" * 40))
    with pytest.raises(RuntimeError, match="signature"):
        Gateway(config, folder=folder).start()


def test_does_not_start_without_any_bundle(server, tmp_path):
    server.answer = lambda h: h.reply(404)
    with pytest.raises(RuntimeError, match="none is kept from before"):
        Gateway(settings(server, tmp_path)).start()
    server.answer, server.content = None, bundle("package martlet.authz\n\ndeny contains x if y")
    with pytest.raises(RuntimeError, match="rego_unsafe_var_error"):
        Gateway(settings(server, tmp_path)).start()
    server.content = bundle(module("one"))
    with pytest.raises(RuntimeError, match="cannot be fetched"):
        Gateway(settings(server, tmp_path).replace("/pki/ca.pem", "/pki/server.pem")).start()
    with start(settings(server, tmp_path)) as gateway:
        assert denied(gateway) == ["one"]


def test_sends_its_token(server, tmp_path):
    token = tmp_path / "token"
    token.write_text("bundle-t0ken\n")
    token.chmod(0o600)
    server.content = bundle(module("one"))
    with start(settings(server, tmp_path, token_file=str(token))) as gateway:
        assert server.seen[0][1]["Authorization"] == "Bearer bundle-t0ken"
        assert "t0ken" not in "\n".join(gateway.log)


@pytest.mark.parametrize("authorization,said", [
    ({"policies": "http://192.0.2.1/a.tar.gz"}, "insecure_http"),
    ({"policies": "https://u:p@192.0.2.1/a.tar.gz"}, "authorization.policies"),
    ({"policies": ["https://192.0.2.1/a.tar.gz"], "bundle_server": {"poll_interval": "1ms"}}, "poll_interval"),
    ({"policies": ["https://192.0.2.1/a.tar.gz"], "bundle_server": {"ca_file": "/nowhere"}}, "/nowhere"),
])
def test_check_says_what_is_wrong(tmp_path, authorization, said):
    path = tmp_path / "martlet.yaml"

    def check(authorization):
        path.write_text(json.dumps({"authorization": authorization, "data": str(tmp_path / "data")}))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
        return subprocess.run([BINARY, "check", "--config", path], capture_output=True, text=True, env=environment)

    assert check({"policies": "https://192.0.2.1/a.tar.gz"}).returncode == 0
    assert check({"policies": "http://192.0.2.1/a", "bundle_server": {"insecure_http": True}}).returncode == 0
    done = check(authorization)
    assert done.returncode == 1 and said in done.stderr
