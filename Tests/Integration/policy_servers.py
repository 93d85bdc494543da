"""Policy servers for tests: one that answers as scripted, and real OPA behind its data API."""

import ctypes
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

import pytest

OPA = pathlib.Path(os.environ.get("RIGS_OPA", pathlib.Path(
    os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "martlet-tests" / "opa"))


def install_opa():
    """OPA's library, from a Python package. It asks for a newer Python than the library needs."""
    if not (OPA / "opa_bindings" / "libopabridge.so").exists():
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", "--ignore-requires-python", "--target", str(OPA), "opa-golib-python-bindings"],
            timeout=120)
        if done.returncode:
            pytest.skip("OPA's library cannot be had")
    sys.path.insert(0, str(OPA))


class PolicyServer:
    """Answers with what `answer` gives for (path, input): a value for `result`, or a function on the handler."""

    def __init__(self, answer, tls=None, port=0):
        self.answer = answer
        self.asked = []
        self.connections = []
        self.lock = threading.Lock()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with owner.lock:
                    owner.connections.append(self.connection)

            def log_message(self, *_):
                pass

            def reply(self, body, status=200, headers=()):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert list(body) == ["input"] and self.headers["Content-Type"] == "application/json"
                with owner.lock:
                    owner.asked.append((self.path, body["input"], self.headers.get("Authorization")))
                answer = owner.answer(self.path, body["input"])
                try:
                    if callable(answer):
                        answer(self)
                    else:
                        self.reply({"decision_id": "d-1", "result": answer})
                except OSError:
                    self.close_connection = True

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # gone already

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class OPAServer(PolicyServer):
    """`POST /v1/data/a/b`: the document of data.a.b, by OPA's own engine."""

    def __init__(self, *modules, data=None):
        install_opa()
        from opa_bindings import _native

        self.library = _native.load()
        self.engine = self.library.OpaNew()
        self.evaluating = threading.Lock()
        for index, text in enumerate(modules):
            reply = self.call(self.library.OpaAddPolicy, f"m{index}.rego".encode(), text.encode())
            assert not reply.get("error"), reply
        self.call(self.library.OpaAddData, b"", json.dumps(data or {}).encode())
        super().__init__(self.evaluate)

    def call(self, function, *arguments):
        pointer = function(self.engine, *arguments)
        try:
            return json.loads(ctypes.string_at(pointer).decode() or "{}")
        finally:
            self.library.OpaFreeString(pointer)

    def evaluate(self, path, document):
        assert path.startswith("/v1/data/")
        query = "x := " + ".".join(["data", *path.removeprefix("/v1/data/").split("/")])
        with self.evaluating:
            reply = self.call(self.library.OpaEvalQuery, query.encode(), json.dumps(document).encode(), 0, 0)
        assert not reply.get("error"), reply
        rows = reply["result"] or []
        if not rows:
            return lambda handler: handler.reply({"decision_id": "d-0"})
        return rows[0]["bindings"]["x"]


def certificate(folder, *names, authority=None):
    """A key and a certificate for `names` from an authority in `folder`, made when it is not given."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    folder.mkdir(exist_ok=True)
    ca = authority or folder
    if not (ca / "ca.pem").exists():
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=Test authority", "-keyout", str(ca / "ca.key"), "-out", str(ca / "ca.pem"),
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server",
            "-keyout", str(folder / "server.key"), "-out", str(folder / "server.csr"))
    (folder / "server.ext").write_text("subjectAltName=" + ",".join(names))
    openssl("x509", "-req", "-in", str(folder / "server.csr"), "-CA", str(ca / "ca.pem"), "-CAkey",
            str(ca / "ca.key"), "-days", "2", "-extfile", str(folder / "server.ext"), "-out",
            str(folder / "server.pem"))
    return str(folder / "server.pem"), str(folder / "server.key")
