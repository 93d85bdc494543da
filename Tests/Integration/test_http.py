"""HTTP/1.1 as hostile, broken and merely unusual clients speak it, on raw TLS connections."""

import base64
import concurrent.futures
import hashlib
import hmac
import os
import random
import signal
import socket
import ssl
import struct
import threading
import time
import zlib

import botocore.exceptions
import pytest

from gateway import Gateway
from identities import allow, bucket_arns, keys, render, user
from refusals import denied, refused
from wire import Wire, exchange, head, timed, EMPTY

CONFIG = render(
    limits={"idle_timeout": "3s", "head_timeout": "1s", "body_timeout": "2s", "body_bytes_max": "80MiB"},
    tls={"handshake_timeout": "1s"},
    identities={"users": {**user("nobody"), **user("reader", allow("s3:GetObject", "*"))}})


@pytest.fixture(scope="module")
def gateway():
    with Gateway(CONFIG) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="wire")
        for number in range(10):
            s3.put_object(Bucket="wire", Key=f"k{number}", Body=f"body {number}".encode())
        yield running


def code(answer):
    return answer.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


# --- what is refused before it is understood

def with_line(line):
    return lambda g: head(g, "GET", "/wire/k1").replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n")


def put_with(lines, body):
    return lambda g: head(g, "PUT", "/wire/smuggled", payload="UNSIGNED-PAYLOAD", length=None,
                          unsigned=lines) + body


def changed(old, new):
    return lambda g: head(g, "GET", "/wire/k1").replace(old, new, 1)


MALFORMED = {
    "CL and TE": put_with(["Content-Length: 5", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
    "TE and CL": put_with(["Transfer-Encoding: chunked", "Content-Length: 5"], b"0\r\n\r\n"),
    "two CL": put_with(["Content-Length: 5", "Content-Length: 6"], b"hello!"),
    "two equal CL": put_with(["Content-Length: 5", "Content-Length: 5"], b"hello"),
    "CL list": put_with(["Content-Length: 5, 5"], b"hello"),
    "CL sign": put_with(["Content-Length: +5"], b"hello"),
    "CL hex": put_with(["Content-Length: 0x5"], b"hello"),
    "CL too large": put_with(["Content-Length: 99999999999999999999"], b"hello"),
    "TE gzip": put_with(["Transfer-Encoding: gzip"], b""),
    "TE gzip, chunked": put_with(["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
    "TE chunked, chunked": put_with(["Transfer-Encoding: chunked, chunked"], b"0\r\n\r\n"),
    "TE xchunked": put_with(["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
    "two TE": put_with(["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n"),
    "bare LF": changed(b"\r\nx-amz-date", b"\nx-amz-date"),
    "bare LF at the end": lambda g: head(g, "GET", "/wire/k1")[:-4] + b"\n\n",
    "bare CR": with_line(b"x-other: a\rb"),
    "NUL": with_line(b"x-other: a\0b"),
    "obs-fold": with_line(b"x-other: a\r\n b"),
    "space before colon": with_line(b"x-other : a"),
    "no colon": with_line(b"x-other"),
    "empty name": with_line(b": a"),
    "Connection names a signed header": with_line(b"Connection: x-amz-date"),
    "Connection names host": with_line(b"Connection: keep-alive, Host"),
    "two hosts": with_line(b"Host: other"),
    "no host": lambda g: b"GET /wire/k1 HTTP/1.1\r\n\r\n",
    "NUL in path": changed(b"/wire/k1", b"/wire/k1%00"),
    "raw NUL in path": changed(b"/wire/k1", b"/wire/k\x00"),
    "control byte in path": changed(b"/wire/k1", b"/wire/k\x01"),
    "high byte in path": changed(b"/wire/k1", b"/wire/k\xff"),
    "invalid UTF-8": changed(b"/wire/k1", b"/wire/k%ff"),
    "overlong UTF-8": changed(b"/wire/k1", b"/wire/k%c0%af"),
    "half an escape": changed(b"/wire/k1", b"/wire/k%4"),
    "no escape": changed(b"/wire/k1", b"/wire/k%zz"),
    "space in path": changed(b"/wire/k1", b"/wire/k 1"),
    "version 2.0": changed(b"HTTP/1.1", b"HTTP/2.0"),
    "version 1.2": changed(b"HTTP/1.1", b"HTTP/1.x"),
    "long header": with_line(b"x-other: " + b"a" * 17_000),
    "many headers": with_line(b"\r\n".join(b"x-other-%d: a" % n for n in range(101))),
    "long path": changed(b"/wire/k1", b"/wire/" + b"k" * 17_000),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests(gateway, name):
    """Refused with 400 and the end of the connection: what follows on it is never taken for a request."""
    request = MALFORMED[name](gateway)
    with Wire(gateway) as wire:
        # The control: on the same connection a good request is answered.
        assert wire.send(head(gateway, "GET", "/wire/k0")).answer().body == b"body 0"
        wire.send(request + head(gateway, "GET", "/wire/k2"))
        answer = wire.answer()
        assert answer.status == 400, answer
        assert answer.headers.get("connection") == "close", answer
        assert wire.ends(), wire.buffer
    with refused("404"):
        gateway.client().head_object(Bucket="wire", Key="smuggled")


@pytest.mark.parametrize("path", ["/../wire/k1", "/./wire/k1", "//wire/k1", "/%2e%2e/wire/k1", "/wire%2fk1", "/WIRE/k1"])
def test_buckets_that_are_none(gateway, path):
    """The path is decoded once and never normalized: no other spelling leads to the bucket."""
    assert exchange(gateway, "GET", path).status in (400, 404)


def test_not_http(gateway):
    with Wire(gateway) as wire:
        assert wire.send(b"\x16\x03\x01" + random.randbytes(200) + b"\r\n\r\n").answer().status == 400
        assert wire.ends()
    # And HTTP where TLS is expected.
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP/1.1 200" not in plain.recv(1000)


def test_header_limit_boundary(gateway):
    fits = head(gateway, "GET", "/wire/k1", unsigned=["x-other: "])
    padding = 16_384 - len(fits)
    answer = lambda count: exchange(gateway, "GET", "/wire/k1", unsigned=["x-other: " + "a" * count])
    assert answer(padding).status == 200
    assert answer(padding + 1).status == 400


# --- connections

def test_keep_alive(gateway):
    with Wire(gateway) as wire:
        for number in range(5):
            answer = wire.send(head(gateway, "GET", f"/wire/k{number}")).answer()
            assert answer.body == f"body {number}".encode()
            assert answer.headers.get("connection", "keep-alive") == "keep-alive"
        # An error of S3 does not end it.
        assert wire.send(head(gateway, "GET", "/wire/missing")).answer().status == 404
        assert wire.send(head(gateway, "GET", "/wire/k1", wrong=True)).answer().status == 403
        answer = wire.send(head(gateway, "GET", "/wire/k1", unsigned=["Connection: close"])).answer()
        assert answer.body == b"body 1" and answer.headers["connection"] == "close"
        assert wire.ends()


def test_pipelining(gateway):
    with Wire(gateway) as wire:
        body = b"pipelined" * 1000
        wire.send(b"".join([
            *(head(gateway, "GET", f"/wire/k{n}") for n in range(10)),
            head(gateway, "PUT", "/wire/pipelined", body=body) + body,
            head(gateway, "GET", "/wire/pipelined"),
            head(gateway, "HEAD", "/wire/pipelined"),
            head(gateway, "GET", "/wire/missing"),
            head(gateway, "GET", "/wire/k3", access_key=keys("nobody")["access_key"],
                 secret_key=keys("nobody")["secret_key"]),
            head(gateway, "GET", "/wire/k4"),
        ]))
        for number in range(10):
            assert wire.answer().body == f"body {number}".encode()
        assert wire.answer("PUT").status == 200
        assert wire.answer().body == body
        assert wire.answer("HEAD").headers["content-length"] == str(len(body))
        assert [wire.answer().status for _ in range(2)] == [404, 403]
        assert wire.answer().body == b"body 4"


def test_byte_by_byte(gateway):
    body = b"slow but steady"
    with Wire(gateway) as wire:
        request = head(gateway, "PUT", "/wire/slow", body=body) + body
        for position in range(0, len(request), 9):
            wire.send(request[position:position + 9])
        assert wire.answer("PUT").status == 200
        assert wire.send(head(gateway, "GET", "/wire/slow")).answer().body == body


def test_http_1_0(gateway):
    with Wire(gateway) as wire:
        answer = wire.send(head(gateway, "GET", "/wire/k1", version="HTTP/1.0")).answer()
        assert answer.body == b"body 1" and "transfer-encoding" not in answer.headers
        assert wire.ends()


def test_head(gateway):
    with Wire(gateway) as wire:
        answer = wire.send(head(gateway, "HEAD", "/wire/k1")).answer("HEAD")
        assert answer.status == 200 and answer.headers["content-length"] == "6"
        answer = wire.send(head(gateway, "HEAD", "/wire/missing")).answer("HEAD")
        assert answer.status == 404
        # No body followed either: the next answer is where it should be.
        assert wire.send(head(gateway, "GET", "/wire/k1")).answer().body == b"body 1"


def test_answers_carry_what_aws_sends(gateway):
    answer = exchange(gateway, "GET", "/wire/k1")
    for name in ("x-amz-request-id", "x-amz-id-2", "date", "server", "etag", "last-modified"):
        assert answer.headers[name]
    answer = exchange(gateway, "GET", "/wire/missing")
    assert answer.headers["content-type"] == "application/xml"
    assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>".encode() in answer.body


# --- bodies

def test_expect_continue(gateway):
    body = b"continued" * 100
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/continued", body=body, unsigned=["Expect: 100-continue"]))
        assert wire.answer().status == 100
        assert wire.send(body).answer("PUT").status == 200
        assert wire.send(head(gateway, "GET", "/wire/continued")).answer().body == body


@pytest.mark.parametrize("options", [
    {"access_key": keys("nobody")["access_key"], "secret_key": keys("nobody")["secret_key"]},
    {"access_key": keys("reader")["access_key"], "secret_key": keys("reader")["secret_key"]},
    {"wrong": True}, {"access_key": "AKIAUNKNOWNUNKNOWN00"},
])
def test_expect_continue_of_the_refused(gateway, options):
    """No 100: nobody is asked for a body that will not be taken."""
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/refused", body=b"x" * 1000, unsigned=["Expect: 100-continue"], **options))
        answer, took = timed(lambda: wire.answer("PUT"))
        assert answer.status == 403 and took < 1
        assert answer.headers["connection"] == "close" and wire.ends()


def test_unknown_expectation(gateway):
    with Wire(gateway) as wire:
        answer = wire.send(head(gateway, "PUT", "/wire/x", body=b"x", unsigned=["Expect: 200-ok"])).answer("PUT")
        assert answer.status in (400, 417) and wire.ends()


def test_early_refusal_of_a_large_upload(gateway):
    """A client that only sends still gets to read why: the error, not a reset."""
    size = 48 << 20
    for options, expected in [({"access_key": keys("nobody")["access_key"], "secret_key": keys("nobody")["secret_key"]},
                               "AccessDenied"), ({"wrong": True}, "SignatureDoesNotMatch")]:
        with Wire(gateway) as wire:
            wire.send(head(gateway, "PUT", "/wire/refused", payload="UNSIGNED-PAYLOAD", length=size, **options))
            sent, piece = 0, bytes(1 << 16)
            try:
                while sent < size:
                    wire.send(piece)
                    sent += len(piece)
            except OSError:
                pass
            assert sent < size, "all of a refused body was taken"
            answer = wire.answer("PUT")
            assert answer.status == 403 and code(answer) == expected
    # The connection goes on where the body was small.
    with Wire(gateway) as wire:
        answer = wire.send(head(gateway, "PUT", "/wire/refused", body=b"x" * 50_000, wrong=True) + b"x" * 50_000)
        assert wire.answer("PUT").status == 403
        assert wire.send(head(gateway, "GET", "/wire/k1")).answer().body == b"body 1"


def test_early_refusal_as_clients_see_it(gateway, tmp_path):
    import subprocess
    for name in ("nobody", "reader"):
        with denied():
            gateway.client(**keys(name)).put_object(Bucket="wire", Key="refused", Body=bytes(32 << 20))
    # Without Expect, as many clients send.
    url = gateway.client(signature_version="s3v4", **keys("nobody")).generate_presigned_url(
        "put_object", Params={"Bucket": "wire", "Key": "refused"})
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(64 << 20)
    run = subprocess.run(["curl", "-s", "-H", "Expect:", "--cacert", gateway.ca, "-T", str(source), url],
                         capture_output=True, text=True, timeout=30)
    assert "<Code>AccessDenied</Code>" in run.stdout, run
    with denied():
        gateway.client(**keys("nobody")).upload_part(Bucket="wire", Key="refused", UploadId="x", PartNumber=1,
                                                     Body=bytes(8 << 20))


def test_body_limit(gateway):
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/large", payload="UNSIGNED-PAYLOAD", length=(80 << 20) + 1))
        answer = wire.answer("PUT")
        assert answer.status == 400 and code(answer) == "EntityTooLarge"


def test_wrong_digest_writes_nothing(gateway):
    body = b"not what was signed"
    answer = exchange(gateway, "PUT", "/wire/digest", body=body, payload=hashlib.sha256(b"other").hexdigest())
    assert answer.status == 400 and code(answer) == "XAmzContentSHA256Mismatch"
    assert exchange(gateway, "GET", "/wire/digest").status == 404
    assert exchange(gateway, "PUT", "/wire/digest", body=body).status == 200
    assert exchange(gateway, "GET", "/wire/digest").body == body


def test_missing_payload_hash(gateway):
    request = head(gateway, "GET", "/wire/k1")
    lines = [line for line in request.split(b"\r\n") if not line.lower().startswith(b"x-amz-content-sha256")]
    with Wire(gateway) as wire:
        answer = wire.send(b"\r\n".join(lines)).answer()
        assert answer.status == 400 and code(answer) == "InvalidRequest"


def test_clock_skew(gateway):
    import datetime
    at = lambda minutes: datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    for minutes in (-14, 14):
        assert exchange(gateway, "GET", "/wire/k1", when=at(minutes)).status == 200
    for minutes in (-16, 16):
        answer = exchange(gateway, "GET", "/wire/k1", when=at(minutes))
        assert answer.status == 403 and code(answer) == "RequestTimeTooSkewed"


def test_unsigned_amz_header(gateway):
    answer = exchange(gateway, "PUT", "/wire/acl", body=b"x", unsigned=["x-amz-meta-a: b"])
    assert answer.status == 403 and code(answer) == "AccessDenied" and b"x-amz-meta-a" in answer.body
    assert exchange(gateway, "PUT", "/wire/acl", body=b"x", headers={"x-amz-meta-a": "b"}).status == 200


def trailer_body(data, trailer=None):
    crc = base64.b64encode(struct.pack(">I", zlib.crc32(data) if trailer is None else trailer)).decode()
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                      for piece in (data[n:n + 65536] for n in range(0, len(data), 65536)))
    return pieces + b"0\r\nx-amz-checksum-crc32:" + crc.encode() + b"\r\n\r\n"


def in_http_chunks(body, size):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                    for piece in (body[n:n + size] for n in range(0, len(body), size))) + b"0\r\n\r\n"


@pytest.mark.parametrize("chunk", [7, 1000, 70_000])
def test_chunked_transfer_of_aws_chunks(gateway, chunk):
    data = random.randbytes(150_000 if chunk > 100 else 2000)
    send = lambda body, declared=len(data): Wire(gateway).send(
        head(gateway, "PUT", "/wire/chunked", payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", length=None,
             headers={"x-amz-decoded-content-length": str(declared), "x-amz-trailer": "x-amz-checksum-crc32",
                      "content-encoding": "aws-chunked"}, unsigned=["Transfer-Encoding: chunked"])
        + in_http_chunks(body, chunk)).answer("PUT")
    assert send(trailer_body(data)).status == 200
    answer = exchange(gateway, "GET", "/wire/chunked")
    assert answer.body == data and "content-encoding" not in answer.headers
    for body, declared in [(trailer_body(data, trailer=1), len(data)), (trailer_body(data), len(data) - 1),
                           (trailer_body(data), len(data) + 1), (trailer_body(data[:-1] + b"!"), len(data) - 1)]:
        assert send(body, declared).status == 400
    # What was there stays.
    assert exchange(gateway, "GET", "/wire/chunked").body == data


def test_signed_chunks(gateway):
    """STREAMING-AWS4-HMAC-SHA256-PAYLOAD: every chunk signed, chained to the one before."""
    import datetime
    import re
    from gateway import ROOT_SECRET_KEY
    from wire import signing_key
    data = random.randbytes(200_000)
    sizes = [65536, 65536, 65536, len(data) - 3 * 65536, 0]

    def send(spoil=None):
        framing = sum(len(f"{size:x};chunk-signature=") + 64 + 4 + size for size in sizes)
        request = head(gateway, "PUT", "/wire/signed", payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD", length=framing,
                       headers={"x-amz-decoded-content-length": str(len(data)), "content-encoding": "aws-chunked"})
        date = re.search(rb"x-amz-date: (\S+)", request).group(1).decode()
        previous = re.search(rb"Signature=([0-9a-f]{64})", request).group(1).decode()
        key = signing_key(ROOT_SECRET_KEY, date[:8])
        body, offset = b"", 0
        for number, size in enumerate(sizes):
            piece = data[offset:offset + size]
            offset += size
            text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", date, f"{date[:8]}/us-east-1/s3/aws4_request", previous,
                              EMPTY, hashlib.sha256(piece).hexdigest()])
            previous = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
            if spoil == number:
                piece = (piece[:-1] + bytes([piece[-1] ^ 1])) if piece else piece
                if not piece:
                    previous = "0" * 64
            body += f"{size:x};chunk-signature={previous}\r\n".encode() + piece + b"\r\n"
        return Wire(gateway).send(request + body).answer("PUT")
    for spoiled in (0, 2, 3, 4):
        answer = send(spoiled)
        assert answer.status == 403 and code(answer) == "SignatureDoesNotMatch"
        assert exchange(gateway, "GET", "/wire/signed").status == 404
    assert send().status == 200
    assert exchange(gateway, "GET", "/wire/signed").body == data


def test_chunked_transfer_without_a_length(gateway):
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/unknown-length", payload="UNSIGNED-PAYLOAD", length=None,
                       unsigned=["Transfer-Encoding: chunked"]) + in_http_chunks(b"length unknown", 5))
        answer = wire.answer("PUT")
        assert answer.status == 411 and code(answer) == "MissingContentLength"


@pytest.mark.parametrize("body", [b"5\r\nhello", b"xyz\r\n", b"5\nhello\r\n0\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n",
                                  b"-5\r\nhello\r\n", b"ffffffffffffffffff\r\n", b"5;" + b"x" * 20_000])
def test_malformed_chunks(gateway, body):
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/chunks", payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", length=None,
                       headers={"x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc32",
                                "content-encoding": "aws-chunked"}, unsigned=["Transfer-Encoding: chunked"]) + body)
        assert wire.answer("PUT").status == 400
        assert wire.ends()
    assert exchange(gateway, "GET", "/wire/chunks").status == 404


# --- time

def test_head_timeout(gateway):
    """A head that comes drop by drop is cut off, however steady it drips."""
    with Wire(gateway) as wire:
        start = time.monotonic()
        request = head(gateway, "GET", "/wire/k1")
        try:
            for position in range(len(request)):
                wire.send(request[position:position + 1])
                time.sleep(0.05)
        except OSError:
            pass
        assert 0.8 < time.monotonic() - start < 6
    with Wire(gateway) as wire:
        wire.send(request[:20])
        answer, took = timed(wire.answer)
        assert code(answer) == "RequestTimeout" and 0.8 < took < 3 and wire.ends()


def test_idle_timeout(gateway):
    with Wire(gateway) as wire:
        ended, took = timed(wire.ends)
        assert ended and 2.5 < took < 5
    with Wire(gateway) as wire:
        assert wire.send(head(gateway, "GET", "/wire/k1")).answer().status == 200
        ended, took = timed(wire.ends)
        assert ended and 2.5 < took < 5


def test_body_timeout(gateway):
    with Wire(gateway) as wire:
        wire.send(head(gateway, "PUT", "/wire/stalled", payload="UNSIGNED-PAYLOAD", length=1000) + b"x" * 500)
        answer, took = timed(lambda: wire.answer("PUT"))
        assert answer.status == 400 and code(answer) == "RequestTimeout" and 1.5 < took < 4 and wire.ends()
    assert exchange(gateway, "GET", "/wire/stalled").status == 404


def test_body_rate(gateway):
    """A byte now and then is progress, and still not enough; a slow line is."""
    def upload(key, piece, seconds):
        with Wire(gateway) as wire:
            count = int(seconds / 0.25)
            wire.send(head(gateway, "PUT", f"/wire/{key}", payload="UNSIGNED-PAYLOAD", length=count * len(piece)))
            start = time.monotonic()
            try:
                for _ in range(count):
                    wire.send(piece)
                    time.sleep(0.25)
                return wire.answer("PUT"), time.monotonic() - start
            except OSError:
                return None, time.monotonic() - start

    with concurrent.futures.ThreadPoolExecutor() as pool:
        trickle, slow = pool.submit(upload, "trickle", b"x", 6), pool.submit(upload, "slow", b"x" * 160, 6)
    answer, _ = slow.result()
    assert answer.status == 200, answer
    answer, took = trickle.result()
    assert answer is None or (answer.status == 400 and code(answer) == "RequestTimeout"), answer
    names = [o["Key"] for o in gateway.client().list_objects_v2(Bucket="wire", Prefix="trickle").get("Contents", [])]
    assert names == []


def test_handshake_timeout(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as silent:
        _, took = timed(lambda: silent.recv(100))
        assert 0.8 < took < 3


def test_reader_that_stopped(gateway):
    """Who takes nothing of an answer for the body timeout is let go."""
    gateway.client().put_object(Bucket="wire", Key="large", Body=bytes(32 << 20))
    with Wire(gateway, receive_buffer=65536) as wire:
        wire.send(head(gateway, "GET", "/wire/large"))
        status, headers = wire.head()
        assert status == 200
        time.sleep(5)
        with pytest.raises((EOFError, OSError)):
            wire.exactly(int(headers["content-length"]) - len(wire.buffer))


# --- who the client is

BY_ADDRESS = {"identities": {"users": {
    **user("office", allow("s3:*", "*", Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}))}}}


def office(gateway, prefix=b"", **options):
    with Wire(gateway, prefix=prefix) as wire:
        return wire.send(head(gateway, "GET", "/wire/", access_key=keys("office")["access_key"],
                              secret_key=keys("office")["secret_key"], **options)).answer().status


def forwarded(value):
    return {"unsigned": [f"X-Forwarded-For: {value}"]}


def proxy_v2(source, command=0x21, family=0x11):
    pack = socket.inet_pton(socket.AF_INET6 if ":" in source else socket.AF_INET, source)
    target = b"\0" * len(pack)
    payload = pack + target + struct.pack(">HH", 1234, 443)
    if ":" in source:
        family = 0x21
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", command, family, len(payload)) + payload


def test_forwarded_for():
    config = render(trusted_proxies=["127.0.0.0/8", "10.0.0.0/8"], **BY_ADDRESS)
    with Gateway(config) as gateway:
        gateway.client().create_bucket(Bucket="wire")
        assert office(gateway) == 403
        for value, status in [("203.0.113.7", 200), ("192.0.2.1", 403), ("203.0.113.7, 192.0.2.1", 403),
                              ("192.0.2.1, 203.0.113.7", 200), ("203.0.113.7, 10.1.2.3", 200),
                              ("203.0.113.7:4711", 200), ("2001:db8::1", 200), ("[2001:db8::1]:4711", 200),
                              ("203.0.113.7, unknown", 403), ("", 403)]:
            assert office(gateway, **forwarded(value)) == status, value
        # Of two lines the last is the nearest.
        assert office(gateway, unsigned=["X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 192.0.2.1"]) == 403
        assert office(gateway, unsigned=["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 203.0.113.7"]) == 200


def test_forwarded_for_by_strangers():
    config = render(trusted_proxies=["192.0.2.0/24"], **BY_ADDRESS)
    with Gateway(config) as gateway:
        gateway.client().create_bucket(Bucket="wire")
        assert exchange(gateway, "GET", "/wire/").status == 200
        assert office(gateway, **forwarded("203.0.113.7")) == 403
        # Nor is a PROXY header taken off: it is no TLS.
        with pytest.raises(OSError):
            office(gateway, prefix=b"PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n")


def test_proxy_protocol():
    config = render(trusted_proxies=["127.0.0.0/8"], proxy_protocol="required", **BY_ADDRESS)
    with Gateway(config) as gateway:
        v1 = lambda source, family="TCP4": f"PROXY {family} {source} 127.0.0.1 1234 443\r\n".encode()
        with Wire(gateway, prefix=v1("192.0.2.1")) as wire:
            assert wire.send(head(gateway, "PUT", "/wire")).answer("PUT").status == 200
        for prefix, status in [
            (v1("203.0.113.7"), 200), (v1("192.0.2.1"), 403), (proxy_v2("203.0.113.7"), 200),
            (proxy_v2("192.0.2.1"), 403), (proxy_v2("2001:db8::1"), 200), (proxy_v2("2001:db9::1"), 403),
            (v1("2001:db8::1", "TCP6"), 200), (b"PROXY UNKNOWN\r\n", 403),
            # LOCAL: the proxy itself, a health check.
            (proxy_v2("203.0.113.7", command=0x20), 403),
        ]:
            assert office(gateway, prefix=prefix) == status, prefix
        for prefix in [b"", b"PROXY TCP4 203.0.113.7\r\n", b"PROXY TCP4 203.0.113.777 127.0.0.1 1 2\r\n",
                       b"PROXY " + b"x" * 200, proxy_v2("203.0.113.7")[:12] + b"\x31\x11\0\x0c" + bytes(12)]:
            with pytest.raises((OSError, EOFError)):
                office(gateway, prefix=prefix)
        # In pieces.
        raw = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
        for byte in proxy_v2("203.0.113.7"):
            raw.sendall(bytes([byte]))
            time.sleep(0.002)
        context = ssl.create_default_context(cafile=gateway.ca)
        with context.wrap_socket(raw, server_hostname="localhost") as secure:
            secure.sendall(head(gateway, "GET", "/wire/", access_key=keys("office")["access_key"],
                                secret_key=keys("office")["secret_key"]))
            assert secure.recv(100).startswith(b"HTTP/1.1 200")


def test_connection_limits():
    with Gateway(render(limits={"connections_per_address_max": 4})) as gateway:
        wires = [Wire(gateway) for _ in range(4)]
        for wire in wires:
            assert wire.send(head(gateway, "GET", "/")).answer().status == 200
        with pytest.raises(OSError):
            Wire(gateway)
        # Those that were there go on, and a place that becomes free can be had.
        assert wires[0].send(head(gateway, "GET", "/")).answer().status == 200
        wires.pop().close()
        deadline = time.monotonic() + 5
        while True:
            try:
                with Wire(gateway) as wire:
                    assert wire.send(head(gateway, "GET", "/")).answer().status == 200
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        for wire in wires:
            wire.close()


# --- the end

def test_sigterm_lets_running_requests_end():
    with Gateway() as gateway:
        s3 = gateway.client()
        s3.create_bucket(Bucket="wire")
        body = random.randbytes(24 << 20)
        s3.put_object(Bucket="wire", Key="large", Body=body)
        download, upload, idle = Wire(gateway, receive_buffer=65536), Wire(gateway), Wire(gateway)
        assert idle.send(head(gateway, "GET", "/")).answer().status == 200
        download.send(head(gateway, "GET", "/wire/large"))
        status, headers = download.head()
        assert status == 200
        part = random.randbytes(1 << 20)
        upload.send(head(gateway, "PUT", "/wire/up", body=part) + part[:1000])
        time.sleep(0.3)
        gateway.process.send_signal(signal.SIGTERM)
        assert idle.ends(5)
        with pytest.raises(OSError):
            Wire(gateway)
        time.sleep(0.5)
        assert gateway.process.poll() is None
        upload.send(part[1000:])
        answer = upload.answer("PUT")
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert download.exactly(len(body)) == body
        assert gateway.process.wait(10) == 0
        download.close(), upload.close(), idle.close()
        # What was written is there after the next start.
        with Gateway(folder=gateway.folder) as again:
            assert again.client().get_object(Bucket="wire", Key="up")["Body"].read() == part


def test_sigterm_does_not_wait_for_ever():
    with Gateway(render(limits={"shutdown_timeout": "1s"})) as gateway:
        gateway.client().create_bucket(Bucket="wire")
        with Wire(gateway) as wire:
            wire.send(head(gateway, "PUT", "/wire/up", body=b"x" * 1000) + b"x")
            time.sleep(0.2)
            gateway.process.send_signal(signal.SIGTERM)
            _, took = timed(lambda: gateway.process.wait(10))
            assert 0.5 < took < 5 and gateway.process.returncode == 0
