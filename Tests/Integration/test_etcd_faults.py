"""etcd that is compacted, without a majority, late or hostile: what was known stays in force, nothing is missed."""

import contextlib
import http.server
import json
import os
import shutil
import signal
import socket
import socketserver
import threading
import time
import urllib.error
import urllib.request

import botocore.exceptions
import pytest

from etcd import Etcd
from gateway import Gateway
from identities import allow, keys, policy, render, role_arn, trust, user, user_arn
from own_actions import ROOT, ask, credentials
from refusals import refused

LIST = allow("s3:ListAllMyBuckets", "*")


class Door:
    """Passes TCP connections on to one port while it is open; closing it cuts them all."""

    def __init__(self, port):
        self.target = port
        self.is_open = True
        self.sockets = set()
        self.lock = threading.Lock()
        door = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                door.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.target), 5) as member:
            with self.lock:
                if not self.is_open:
                    return
                self.sockets |= {client, member}
            other = threading.Thread(target=self.copy, args=(member, client), daemon=True)
            other.start()
            self.copy(client, member)
            other.join()

    @staticmethod
    def copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        with self.lock:
            self.is_open = False
            for end in self.sockets:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self.sockets.clear()

    def open(self):
        with self.lock:
            self.is_open = True


def get(gateway, path):
    try:
        with urllib.request.urlopen(gateway.operations + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def becomes(question, expected, seconds, every=0.02):
    """Asks until the answer is right."""
    start = time.monotonic()
    while True:
        asked = time.monotonic()
        found = question()
        if found == expected:
            return
        assert asked - start < seconds, f"{found} instead of {expected} after {seconds} s"
        time.sleep(every)


def readiness(gateway):
    status, text = get(gateway, "/healthz/ready")
    return "unread" if status == 503 else "degraded" if "degraded" in text else "ready"


def client(gateway, service="s3", **key):
    """That asks once."""
    return gateway.client(service, **key, retries={"total_max_attempts": 1, "mode": "standard"})


def answer(gateway, key):
    try:
        client(gateway, **key).list_buckets()
        return "ok"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def made(gateway, name, *statements):
    iam = gateway.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy(LIST, *statements)))
    return credentials(iam.create_access_key(UserName=name)["AccessKey"])


@pytest.fixture(scope="module")
def cluster():
    if shutil.which("etcd") is None:
        pytest.skip("no etcd")
    running = Etcd(RIG_ETCD_NODES="3", RIG_TLS="0")
    yield running
    running.close()


@pytest.fixture(scope="module")
def nodes(cluster, tmp_path_factory):
    """One that speaks to the members, and one that does it through doors."""
    folder = tmp_path_factory.mktemp("nodes")
    settings = cluster.settings() | {"prefix": "/faults/"}
    doors = [Door(int(url.rsplit(":", 1)[1])) for url in settings["endpoints"]]
    ring = {"sts": {"key_ring_file": str(folder / "ring.json")}}
    behind = settings | {"endpoints": [f"http://127.0.0.1:{door.port}" for door in doors]}
    with Gateway(render(identity_store=settings, **ring)) as one, Gateway(render(identity_store=behind, **ring)) as two:
        two.doors = doors
        yield one, two


def test_sessions_are_listed_on_every_node(nodes):
    one, two = nodes
    key = made(one, "lists", allow("sts:*", "*"))
    iam = one.client("iam")
    iam.create_role(RoleName="listed", AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn("lists")})))
    for round in range(3):
        session = one.client("sts", **key).assume_role(RoleArn=role_arn("listed"), RoleSessionName=f"round-{round}")
        for node in (two, one):
            becomes(lambda: session["Credentials"]["AccessKeyId"] in [
                found["AccessKeyId"] for found in ask(node, "ListSessions", **ROOT, RoleName="listed")["Sessions"]],
                True, seconds=1)
    # Ended on one node: within a second on the other.
    session = credentials(session["Credentials"])
    assert answer(two, session) in ("ok", "AccessDenied")
    ask(one, "RevokeSessions", **ROOT, RoleName="listed")
    assert answer(one, session) == "InvalidToken"
    becomes(lambda: answer(two, session), "InvalidToken", seconds=1)


def test_nothing_is_missed_by_compaction(cluster, nodes):
    one, two = nodes
    gone, kept = made(one, "gone"), made(one, "kept")
    for key in (gone, kept):
        becomes(lambda: answer(two, key), "ok", seconds=1)
    for door in two.doors:
        door.close()
    becomes(lambda: readiness(two), "degraded", seconds=20)
    assert answer(two, gone) == "ok"
    one.client("iam").delete_access_key(UserName="gone", AccessKeyId=gone["access_key"])
    new = made(one, "new")
    url = cluster.settings()["endpoints"][0]

    def tell(path, **body):
        request = urllib.request.Request(url + path, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as told:
            return json.load(told)

    # What the node has not heard of is no longer there to be told.
    revision = tell("/v3/kv/range", key="AA==")["header"]["revision"]
    tell("/v3/kv/compaction", revision=revision, physical=True)
    assert answer(two, gone) == "ok" and answer(two, new) == "InvalidAccessKeyId"
    before = len(two.log)
    for door in two.doors:
        door.open()
    becomes(lambda: readiness(two), "ready", seconds=20)
    # Who says that it is ready has caught up.
    assert answer(two, gone) == "InvalidAccessKeyId"
    assert answer(two, new) == "ok" and answer(two, kept) == "ok"
    two.await_log("changes were missed", before)
    assert 'martlet_identity_store_reloads_total{store="etcd"} 1' in get(two, "/metrics")[1]
    # And what happens from then on is heard of.
    one.client("iam").delete_access_key(UserName="kept", AccessKeyId=kept["access_key"])
    becomes(lambda: answer(two, kept), "InvalidAccessKeyId", seconds=1)


def test_a_majority_that_goes_and_comes_back(cluster, nodes):
    one, two = nodes
    key = made(one, "lasting")
    becomes(lambda: answer(two, key), "ok", seconds=1)
    stopped = [int(cluster.variables[f"PID_{member}"]) for member in (0, 1)]
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        for node in nodes:
            becomes(lambda: readiness(node), "degraded", seconds=20)
            assert answer(node, key) == "ok"
        with pytest.raises(botocore.exceptions.ClientError) as error:
            one.client("iam").create_user(UserName="never")
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    for node in nodes:
        becomes(lambda: readiness(node), "ready", seconds=20)
    # Edits go again, and are heard of at once. What was not acknowledged may have been done, on both nodes or on none.
    two.client("iam").delete_access_key(UserName="lasting", AccessKeyId=key["access_key"])
    becomes(lambda: answer(one, key), "InvalidAccessKeyId", seconds=1)


# --- a server that is no etcd, or a bad one

GOOD = {"header": {"revision": "5"}}


class Fake:
    """Answers like an etcd with nothing in it, except where it is told to misbehave."""

    def __init__(self):
        self.bad = {}
        self.served = {}
        self.closing = threading.Event()
        self.kick = threading.Event()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with contextlib.suppress(OSError):
                    fake.answer(self)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.closing.set()
        self.kick.set()
        self.server.shutdown()
        self.server.server_close()

    def misbehave(self, path=None, how=None):
        """Begins anew: running watches end."""
        self.bad = {path: how} if path else {}
        self.served = {}
        self.kick.set()

    def answer(self, request):
        how = self.bad.get(request.path)
        self.served[request.path] = self.served.get(request.path, 0) + 1
        if how:
            request.close_connection = True
            return how(self, request)
        if request.path == "/v3/watch":
            self.kick = kick = threading.Event()
            self.begin(request)
            self.chunk(request, json.dumps({"result": GOOD | {"created": True}}).encode() + b"\n")
            kick.wait(60)
            request.close_connection = True
            return
        body = dict(GOOD)
        if request.path == "/v3/kv/txn":
            body["succeeded"] = True
        if request.path == "/v3/lease/grant":
            body |= {"ID": "7", "TTL": "600"}
        self.whole(request, json.dumps(body).encode())

    def whole(self, request, body, status=200, headers=()):
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    def begin(self, request):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()

    def chunk(self, request, data):
        request.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        request.wfile.flush()

    def text(text, status=200, headers=()):
        return lambda self, request: self.whole(request, text.encode(), status, headers)

    def endless(self, request):
        self.begin(request)
        while not self.closing.is_set():
            self.chunk(request, b'{"a":"' + b"a" * 65536)

    def lines(self, request):
        """Well-formed, and never of use."""
        self.begin(request)
        while not self.closing.is_set():
            self.chunk(request, b'{"result":{"header":{"revision":"1"}}}\n' * 100)
            time.sleep(0.001)

    def oversized(self, request):
        request.send_response(200)
        request.send_header("Content-Length", str(1 << 40))
        request.end_headers()
        while not self.closing.is_set():
            request.wfile.write(b" " * 65536)

    def silent(self, request):
        self.closing.wait(20)

    def dripping(self, request):
        self.begin(request)
        for byte in b'{"header":{"revision":"5"}' + b" " * 1000:
            if self.closing.wait(0.05):
                return
            self.chunk(request, bytes([byte]))

    def broken(self, request):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        request.connection.shutdown(socket.SHUT_RDWR)


def entry(key="L21hcnRsZXQvci91c2VyL2E=", **more):
    return {"key": key, "value": "e30=", "mod_revision": "3", **more}


HOSTILE = {
    "not json": Fake.text("<html>busy</html>"),
    "cut json": Fake.text('{"header":{"revision":"5"},"kvs":[{'),
    "two documents": Fake.text('{"header":{"revision":"5"}}{"header":{"revision":"5"}}'),
    "no object": Fake.text("[]"),
    "no header": Fake.text("{}"),
    "wrong types": Fake.text('{"header":{"revision":{}},"kvs":"x","more":"yes","succeeded":[]}'),
    "list of numbers": Fake.text('{"header":{"revision":"5"},"kvs":[1,2],"responses":[3],"succeeded":"true"}'),
    "huge revision": Fake.text('{"header":{"revision":"99999999999999999999999"}}'),
    "no base 64": Fake.text(json.dumps(GOOD | {"kvs": [entry(key="%%%")]})),
    "deep": Fake.text("[" * 100_000),
    "pages without end": Fake.text(json.dumps(GOOD | {"more": True, "kvs": [entry()]})),
    "server error": Fake.text("<html>", 500), "unavailable": Fake.text("<html>", 503),
    "unauthorized": Fake.text('{"code":16,"message":"invalid auth token"}', 401),
    "elsewhere": Fake.text("", 302, [("Location", "http://127.0.0.1:1/")]),
    "endless": Fake.endless, "oversized": Fake.oversized, "silent": Fake.silent, "dripping": Fake.dripping,
    "broken off": Fake.broken,
}


@pytest.fixture(scope="module")
def fake():
    running = Fake()
    yield running
    running.close()


def fake_settings(fake):
    return render(identity_store={"type": "etcd", "endpoints": [fake.url], "request_timeout": "1s",
                                  "connect_timeout": "1s"},
                  identities={"users": user("declared", LIST)})


@pytest.mark.parametrize("name", ["not json", "wrong types", "no base 64", "pages without end", "unavailable", "endless",
                                  "oversized", "silent"])
def test_a_start_with_a_hostile_server(fake, name):
    """Root and what is declared are served, others are not refused for ever, and a server that mends is taken."""
    fake.misbehave("/v3/kv/range", HOSTILE[name])
    with Gateway(fake_settings(fake)) as gateway:
        status, text = get(gateway, "/healthz/ready")
        assert status == 503 and "the identity store has not been read" in text and len(text) < 1000
        assert 'martlet_identity_store_up{store="etcd"} 0' in get(gateway, "/metrics")[1]
        client(gateway).list_buckets()
        assert answer(gateway, keys("declared")) == "ok"
        # Whose key it is, nobody knows yet; nor whether a session was ended.
        stranger = {"access_key": "AKIAWHOISTHISPERSON1", "secret_key": "s" * 40}
        with refused("ServiceUnavailable", "503", status=503):
            client(gateway, **stranger).list_buckets()
        with refused("ServiceUnavailable", status=503):
            client(gateway, "iam").list_users()
        with refused("ServiceUnavailable", status=503):
            client(gateway, "iam").create_user(UserName="early")
        own = credentials(client(gateway, "sts").get_session_token()["Credentials"])
        with refused("ServiceUnavailable", "503", status=503):
            client(gateway, **own).list_buckets()
        assert gateway.resident_bytes() < 400 << 20
        fake.misbehave()
        becomes(lambda: readiness(gateway), "ready", seconds=15)
        with refused("InvalidAccessKeyId", status=403):
            client(gateway, **stranger).list_buckets()
        client(gateway, **own).list_buckets()
        assert [u["UserName"] for u in client(gateway, "iam").list_users()["Users"]] == ["declared"]


def test_a_server_that_turns_hostile(fake):
    """In the middle of a watch, of its questions, or of an edit."""
    fake.misbehave()
    with Gateway(fake_settings(fake)) as gateway:
        assert readiness(gateway) == "ready"
        for name in ("not json", "cut json", "wrong types", "unauthorized", "endless", "oversized", "silent", "dripping",
                     "broken off", "lines"):
            fake.misbehave("/v3/watch", Fake.lines if name == "lines" else HOSTILE[name])
            becomes(lambda: fake.served.get("/v3/watch", 0) > 0, True, seconds=10)
            assert answer(gateway, keys("declared")) == "ok", name
            assert readiness(gateway) in ("ready", "degraded"), name
            assert gateway.resident_bytes() < 500 << 20, name
        for name in ("not json", "wrong types", "server error"):
            fake.misbehave("/v3/kv/txn", HOSTILE[name])
            with pytest.raises(botocore.exceptions.ClientError) as error:
                client(gateway, "iam").create_user(UserName="nobody")
            assert error.value.response["Error"]["Code"] == "ServiceUnavailable", name
        fake.misbehave()
        becomes(lambda: readiness(gateway), "ready", seconds=15)
        assert [u["UserName"] for u in client(gateway, "iam").list_users()["Users"]] == ["declared"]
        assert answer(gateway, keys("declared")) == "ok"


def test_mistakes_end_the_start(fake, tmp_path):
    """What somebody has to mend is said at once: credentials that are refused, a file that is no database."""
    fake.misbehave("/v3/kv/range", HOSTILE["unauthorized"])
    with pytest.raises(RuntimeError, match="cannot start.*refused"):
        Gateway(fake_settings(fake)).start()
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "identity.db").write_bytes(b"this is no database" * 1000)
    (tmp_path / "data" / "identity.db").chmod(0o600)
    with pytest.raises(RuntimeError, match="not a database"):
        Gateway(folder=tmp_path).start()
