"""HTTP byte by byte: what no client library would send, signed by hand."""

import datetime
import hashlib
import hmac
import socket
import ssl
import time
import urllib.parse

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY

EMPTY = hashlib.sha256(b"").hexdigest()


def signing_key(secret, date, region="us-east-1", service="s3"):
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def head(gateway, method, path, body=b"", payload=None, headers=(), access_key=ROOT_ACCESS_KEY,
         secret_key=ROOT_SECRET_KEY, length=True, version="HTTP/1.1", unsigned=(), when=None, wrong=False):
    """A signed request head: `headers` are signed, `unsigned` lines go in as they are."""
    now = (when or datetime.datetime.now(datetime.timezone.utc)).strftime("%Y%m%dT%H%M%SZ")
    payload = payload or hashlib.sha256(body).hexdigest()
    host = gateway.endpoint.removeprefix("https://")
    signed = {"host": host, "x-amz-date": now, "x-amz-content-sha256": payload,
              **{name.lower(): value for name, value in dict(headers).items()}}
    bare, _, query = path.partition("?")
    pairs = sorted(p if "=" in p else p + "=" for p in query.split("&")) if query else []
    names = ";".join(sorted(signed))
    canonical = "\n".join([method, bare, "&".join(pairs), *(f"{n}:{signed[n]}" for n in sorted(signed)), "", names,
                           payload])
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(signing_key(secret_key, now[:8]), text.encode(), hashlib.sha256).hexdigest()
    if wrong:
        signature = "0" * 64
    lines = [f"{method} {path} {version}", *(f"{n}: {v}" for n, v in signed.items()),
             f"Authorization: AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, "
             f"Signature={signature}"]
    if length is True:
        if body or method == "PUT":
            lines.append(f"Content-Length: {len(body)}")
    elif length is not None and length is not False:
        lines.append(f"Content-Length: {length}")
    lines += unsigned
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"


class Wire:
    """One TLS connection."""

    def __init__(self, gateway, context=None, prefix=b"", name="localhost", timeout=15, receive_buffer=None):
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect(("127.0.0.1", gateway.port))
        try:
            if prefix:
                raw.sendall(prefix)
            context = context or ssl.create_default_context(cafile=gateway.ca)
            self.socket = context.wrap_socket(raw, server_hostname=name)
        except BaseException:
            raw.close()
            raise
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)
        return self

    def fill(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return data

    def line_block(self):
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                raise EOFError(f"the connection ended within a head: {self.buffer!r}")
        block, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return block.decode("latin-1").split("\r\n")

    def exactly(self, count):
        pieces, missing = [self.buffer[:count]], count - len(self.buffer)
        self.buffer = self.buffer[count:]
        while missing > 0:
            piece = self.socket.recv(min(missing, 1 << 20))
            if not piece:
                raise EOFError(f"the connection ended {missing} bytes early")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def head(self):
        lines = self.line_block()
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return int(lines[0].split()[1]), headers

    def answer(self, method="GET"):
        status, headers = self.head()
        if status == 100 or status in (204, 304) or method == "HEAD":
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while True:
                while b"\r\n" not in self.buffer:
                    if not self.fill():
                        raise EOFError("within a chunk")
                size, _, self.buffer = self.buffer.partition(b"\r\n")
                piece = self.exactly(int(size, 16) + 2)[:-2]
                if not piece:
                    return Answer(status, headers, body)
                body += piece
        return Answer(status, headers, self.exactly(int(headers["content-length"])))

    def ends(self, timeout=10):
        """Whether the server ends the connection, and sends nothing more, within `timeout` seconds."""
        self.socket.settimeout(timeout)
        try:
            while not self.buffer:
                if not self.fill():
                    return True
            return False
        except (ConnectionError, ssl.SSLError):
            return True
        except TimeoutError:
            return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def exchange(gateway, *arguments, body=b"", **options):
    """One request on a connection of its own."""
    with Wire(gateway) as wire:
        return wire.send(head(gateway, *arguments, body=body, **options) + body).answer(arguments[0])


def quote(key):
    return urllib.parse.quote(key, safe="/~")


def timed(function):
    start = time.monotonic()
    result = function()
    return result, time.monotonic() - start
