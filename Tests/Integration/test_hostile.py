"""What strangers and peers send to do harm, each refusal next to the same thing done right."""

import socket
import ssl
import time

import pytest

from gateway import Gateway


def connect(gateway, timeout=10, receive_buffer=None):
    """A TLS connection to the gateway, for bytes that no client library would send."""
    context = ssl.create_default_context(cafile=gateway.ca)
    plain = socket.socket()
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.settimeout(timeout)
    plain.connect(("127.0.0.1", gateway.port))
    return context.wrap_socket(plain, server_hostname="localhost")


def read_until(connection, marker, count=1, timeout=10):
    """Reads until `marker` has come `count` times, or the connection ends."""
    connection.settimeout(timeout)
    received = b""
    try:
        while received.count(marker) < count:
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
    except (TimeoutError, ConnectionError, ssl.SSLError):
        pass
    return received


def exchange(gateway, *pieces, count=1):
    with connect(gateway) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.1)
        return read_until(connection, b"</Error>", count)


# --- HTTP

LONG = b"GET /" + b"a" * 12000 + b" HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.mark.parametrize("second, expected", [
    (b"GET /second/key HTTP/1.1\r\nHost: h\r\n\r\n", b"<Resource>/second/key</Resource>"),
    (b"(\r\n\r\n", b"<Code>BadRequest</Code>"),
    (b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", b"<Code>BadRequest</Code>"),
    (b"\n", b"<Code>BadRequest</Code>"),
])
def test_a_second_head_is_not_read_with_the_first_ones_ranges(gateway, second, expected):
    answer = exchange(gateway, LONG, second, count=2)
    last = answer[answer.rindex(b"HTTP/1.1 "):]
    assert expected in last
    assert b"aaaa" not in last
    assert gateway.process.poll() is None


def test_who_reads_no_answers_gets_no_more_of_them():
    request = b"GET /none/key HTTP/1.1\r\nHost: h\r\n\r\n"
    with Gateway() as running:
        # Pipelining itself is served, in order and whole.
        with connect(running) as connection:
            connection.sendall(request * 500)
            assert read_until(connection, b"</Error>", 500, timeout=30).count(b"HTTP/1.1 403") == 500
        before = running.resident_bytes()
        with connect(running, timeout=2, receive_buffer=4096) as connection:
            deadline = time.monotonic() + 15
            with pytest.raises(TimeoutError):
                while time.monotonic() < deadline:
                    connection.sendall(request * 400)
            assert running.resident_bytes() - before < 24 << 20
            # Others are served meanwhile.
            assert running.client().list_buckets()["Buckets"] == []
