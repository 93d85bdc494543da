"""What strangers and peers send to do harm, each refusal next to the same thing done right."""

import datetime
import hashlib
import http.server
import json
import socket
import ssl
import threading
import time
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Gateway
from identities import access_key, allow, bucket_arns, deny, keys, render, secret_key, user
from refusals import denied, refused


def connect(gateway, timeout=10, receive_buffer=None, before=b""):
    """A TLS connection to the gateway, for bytes that no client library would send."""
    context = ssl.create_default_context(cafile=gateway.ca)
    plain = socket.socket()
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.settimeout(timeout)
    plain.connect(("127.0.0.1", gateway.port))
    plain.sendall(before)
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


def signed(gateway, method, target, headers=None, body=b"", key=None, unsigned=None):
    """A signed request's bytes; `unsigned` headers are added behind the signature's back."""
    credentials = botocore.credentials.Credentials(
        *((key["access_key"], key["secret_key"]) if key else (ROOT_ACCESS_KEY, ROOT_SECRET_KEY)))
    request = botocore.awsrequest.AWSRequest(
        method, gateway.endpoint + target, headers={"Host": f"localhost:{gateway.port}", **(headers or {})}, data=body)
    request.headers["x-amz-content-sha256"] = hashlib.sha256(body).hexdigest()
    botocore.auth.S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
    lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in request.headers.items()),
             *(f"{n}: {v}" for n, v in (unsigned or {}).items()), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def status(gateway, request, before=b""):
    with connect(gateway, before=before) as connection:
        connection.sendall(request)
        return int(read_until(connection, b"\r\n\r\n").split(b" ", 2)[1])


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


# --- who the client is

def test_a_client_behind_a_tcp_proxy_cannot_forward_an_address():
    config = render(trusted_proxies=["127.0.0.0/8", "203.0.113.9"], proxy_protocol="required", identities={"users": user(
        "branch", allow("s3:ListAllMyBuckets", "*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))})
    with Gateway(config) as running:
        def answer(proxied, forwarded=None):
            request = signed(running, "GET", "/", key=keys("branch"),
                             unsigned={"X-Forwarded-For": forwarded} if forwarded else None)
            return status(running, request, before=f"PROXY {proxied}\r\n".encode())

        assert answer("TCP4 192.0.2.1 127.0.0.1 1 2") == 200
        assert answer("TCP4 198.51.100.7 127.0.0.1 1 2") == 403
        assert answer("TCP4 198.51.100.7 127.0.0.1 1 2", "192.0.2.1") == 403
        assert answer("UNKNOWN", "192.0.2.1") == 403
        # A trusted proxy behind the balancer speaks for its clients.
        assert answer("TCP4 203.0.113.9 127.0.0.1 1 2", "192.0.2.1") == 200


# --- conditions

OPEN = bucket_arns("open")
FAR = bucket_arns("far-open")
CONFIG = render(
    backends={"near": {"type": "file", "path": "near"}, "far": {"type": "file", "path": "far"}},
    routes=[{"buckets": "far-*", "backend": "far"}], default_backend="near",
    identities={"users": {
        **user("quiet", allow("s3:*", OPEN), deny("s3:PutObject", "*", Condition={
            "StringEquals": {"s3:x-amz-acl": ["bucket-owner-full-control", "public-read"]}})),
        **user("guard", allow("s3:*", OPEN + FAR), deny("s3:PutObject", "*", Condition={
            "StringEquals": {"s3:ExistingObjectTag/locked": "yes"}})),
        **user("blue", allow(["s3:PutObject", "s3:GetObjectTagging", "s3:PutObjectTagging"], OPEN), allow(
            "s3:GetObject", OPEN, Condition={"StringEquals": {"s3:ExistingObjectTag/team": "blue"}})),
        **user("brief", allow("s3:*", OPEN), deny("s3:*", "*", Condition={
            "NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}})),
        **user("mild", allow("s3:*", OPEN), deny("s3:PutObjectRetention", "*", Condition={
            "StringEquals": {"s3:object-lock-mode": "COMPLIANCE"}})),
        **user("labels", allow("s3:GetBucketLocation", OPEN), deny("s3:*", "*", Condition={
            "StringEquals": {"s3:BucketTag/class": "secret"}})),
        **user("strict", allow("s3:*", OPEN), deny("s3:PutObject", "*", Condition={
            "StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}})),
        **user("tagger", allow("s3:*", OPEN), deny("s3:*", "*", Condition={
            "StringEquals": {"s3:RequestObjectTag/class": "secret"}})),
        **user("founder", allow("s3:*", "*"), deny("s3:*", "*", Condition={
            "StringEquals": {"aws:RequestTag/class": "secret"}})),
        **user("blind", allow(["s3:GetObject*", "s3:PutObject*", "s3:DeleteObjectTagging"], OPEN)),
        **user("seeing", allow(["s3:GetObject*", "s3:PutObject*", "s3:DeleteObjectTagging"], OPEN),
               allow("s3:ListBucket", OPEN)),
    }})


@pytest.fixture(scope="module")
def two_stores():
    with Gateway(CONFIG) as running:
        for bucket in ("open", "far-open"):
            running.client().create_bucket(Bucket=bucket)
        yield running


def upload(running, name, **fields):
    """A browser's upload to the bucket `open`: its status."""
    post = running.client(**keys(name), signature_version="s3v4").generate_presigned_post(
        "open", "form", Fields=fields, Conditions=[{n: v} for n, v in fields.items()])
    boundary = "limit"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
             for n, v in [*post["fields"].items()]]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nbytes\r\n')
    body = ("".join(parts) + f"--{boundary}--\r\n").encode()
    request = urllib.request.Request(post["url"], body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    try:
        return urllib.request.urlopen(request, context=ssl.create_default_context(cafile=running.ca)).status
    except urllib.error.HTTPError as error:
        return error.code


def test_conditions_read_the_fields_of_a_form(two_stores):
    assert upload(two_stores, "quiet", acl="private") == 204
    assert upload(two_stores, "quiet", acl="bucket-owner-full-control") == 403
    assert upload(two_stores, "seeing", acl="bucket-owner-full-control") == 204


def test_tags_of_a_copys_source_say_nothing_about_its_target(two_stores):
    root = two_stores.client()
    for key, tagging in (("plain", ""), ("locked", "locked=yes"), ("red", "team=red"), ("blue", "team=blue")):
        root.put_object(Bucket="open", Key=key, Body=key.encode(), Tagging=tagging)
    guard = two_stores.client(**keys("guard"))
    guard.copy_object(Bucket="open", Key="copy", CopySource="open/plain")
    with denied():
        guard.copy_object(Bucket="open", Key="locked", CopySource="open/plain")
    blue = two_stores.client(**keys("blue"))
    blue.copy_object(Bucket="open", Key="red-copy", CopySource="open/blue")
    with denied():
        blue.copy_object(Bucket="open", Key="blue", CopySource="open/red")
    assert root.get_object(Bucket="open", Key="locked")["Body"].read() == b"locked"
    assert root.get_object(Bucket="open", Key="blue")["Body"].read() == b"blue"


def test_conditions_about_locks_are_not_skipped(two_stores):
    def until(days):
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)

    # Allowed, and then refused by a store that has no locks.
    brief = two_stores.client(**keys("brief"))
    with refused("NotImplemented"):
        brief.put_object(Bucket="open", Key="k", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until(10))
    with denied():
        brief.put_object(Bucket="open", Key="k", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until(11))
    retention = {"Mode": "COMPLIANCE", "RetainUntilDate": until(1)}
    with refused("NotImplemented"):
        two_stores.client(**keys("seeing")).put_object_retention(Bucket="open", Key="k", Retention=retention)
    for name in ("brief", "mild"):
        with denied():
            two_stores.client(**keys(name)).put_object_retention(Bucket="open", Key="k", Retention=retention)


def test_a_condition_about_bucket_tags_denies(two_stores):
    with denied():
        two_stores.client(**keys("labels")).get_bucket_location(Bucket="open")


def test_a_presigned_payload_counts_as_unsigned(two_stores):
    def put(name):
        url = two_stores.client(**keys(name), signature_version="s3v4").generate_presigned_url(
            "put_object", Params={"Bucket": "open", "Key": "presigned"})
        request = urllib.request.Request(url, b"bytes", method="PUT")
        try:
            return urllib.request.urlopen(request, context=ssl.create_default_context(cafile=two_stores.ca)).status
        except urllib.error.HTTPError as error:
            return error.code

    assert put("seeing") == 200
    assert put("strict") == 403
    assert upload(two_stores, "strict") == 403
    two_stores.client(**keys("strict")).put_object(Bucket="open", Key="signed", Body=b"bytes")


def test_tags_that_differ_by_case_do_not_hide_each_other(two_stores):
    two_stores.client().put_object(Bucket="open", Key="tagged", Body=b"x")
    s3 = two_stores.client(**keys("tagger"))

    def tag(*pairs):
        s3.put_object_tagging(Bucket="open", Key="tagged", Tagging={
            "TagSet": [{"Key": k, "Value": v} for k, v in pairs]})

    tag(("class", "public"), ("other", "secret"))
    with denied():
        tag(("class", "secret"))
    with denied():
        tag(("CLASS", "public"), ("class", "secret"))


def test_conditions_read_the_tags_of_a_new_bucket(two_stores):
    def create(name, tag):
        body = ("<CreateBucketConfiguration><Tags><Tag><Key>class</Key><Value>" + tag
                + "</Value></Tag></Tags></CreateBucketConfiguration>").encode()
        return status(two_stores, signed(two_stores, "PUT", "/" + name, body=body, key=keys("founder")))

    assert create("founded-secret", "secret") == 403
    assert create("founded-public", "public") == 200


@pytest.mark.parametrize("call", [
    lambda s3, key: s3.get_object(Bucket="open", Key=key),
    lambda s3, key: s3.get_object_tagging(Bucket="open", Key=key),
    lambda s3, key: s3.put_object_tagging(Bucket="open", Key=key, Tagging={"TagSet": []}),
    lambda s3, key: s3.delete_object_tagging(Bucket="open", Key=key),
    lambda s3, key: s3.get_object_acl(Bucket="open", Key=key),
    lambda s3, key: s3.get_object_attributes(Bucket="open", Key=key, ObjectAttributes=["ETag"]),
    lambda s3, key: s3.copy_object(Bucket="open", Key="there", CopySource=f"open/{key}"),
])
def test_who_may_not_list_learns_of_no_key(two_stores, call):
    two_stores.client().put_object(Bucket="open", Key="there-is", Body=b"x")
    call(two_stores.client(**keys("blind")), "there-is")
    with denied():
        call(two_stores.client(**keys("blind")), "there-is-not")
    with refused("NoSuchKey"):
        call(two_stores.client(**keys("seeing")), "there-is-not")


@pytest.mark.parametrize("condition, public", [
    (None, True),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
    ({"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}, False),
    ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"]}}, True),
    ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
    ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, True),
    ({"StringLike": {"aws:SourceArn": "*"}}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
])
def test_a_policy_is_public_unless_proven_otherwise(two_stores, condition, public):
    s3 = two_stores.client()
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}
    if condition:
        statement["Condition"] = condition
    s3.put_bucket_policy(Bucket="open", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert s3.get_bucket_policy_status(Bucket="open")["PolicyStatus"]["IsPublic"] == public
    s3.delete_bucket_policy(Bucket="open")


# --- copies between stores

def test_copies_between_stores_keep_what_was_asked(two_stores):
    s3 = two_stores.client()
    etag = s3.put_object(Bucket="open", Key="from", Body=b"0123456789", Tagging="a=1")["ETag"]
    s3.copy_object(Bucket="far-open", Key="to", CopySource="open/from", CopySourceIfMatch=etag)
    # A condition that does not hold leaves the target as it was.
    with refused("PreconditionFailed", status=412):
        s3.copy_object(Bucket="far-open", Key="to", CopySource="open/from", CopySourceIfNoneMatch=etag)
    assert s3.get_object(Bucket="far-open", Key="to")["Body"].read() == b"0123456789"
    assert s3.get_object_tagging(Bucket="far-open", Key="to")["TagSet"] == [{"Key": "a", "Value": "1"}]
    s3.copy_object(Bucket="far-open", Key="to", CopySource="open/from", TaggingDirective="REPLACE", Tagging="b=2")
    assert s3.get_object_tagging(Bucket="far-open", Key="to")["TagSet"] == [{"Key": "b", "Value": "2"}]
    # Encryption that the store lacks is refused, not left out.
    with refused("NotImplemented"):
        s3.copy_object(Bucket="far-open", Key="sealed", CopySource="open/from", SSECustomerAlgorithm="AES256",
                       SSECustomerKey="k" * 32)
    with refused("NoSuchKey", "404"):
        s3.head_object(Bucket="far-open", Key="sealed")
    with refused("AccessControlListNotSupported"):
        s3.copy_object(Bucket="far-open", Key="to", CopySource="open/from", GrantRead='id="someone"')


def test_a_locked_object_of_another_store_stays(two_stores):
    root = two_stores.client()
    root.put_object(Bucket="open", Key="plain", Body=b"plain")
    root.put_object(Bucket="far-open", Key="locked", Body=b"locked", Tagging="locked=yes")
    guard = two_stores.client(**keys("guard"))
    guard.copy_object(Bucket="far-open", Key="free", CopySource="open/plain")
    with denied():
        guard.copy_object(Bucket="far-open", Key="locked", CopySource="open/plain")


def test_a_part_copied_between_stores_has_the_range_asked_for(two_stores):
    s3 = two_stores.client()
    s3.put_object(Bucket="open", Key="from", Body=b"0123456789")
    upload_id = s3.create_multipart_upload(Bucket="far-open", Key="parts")["UploadId"]

    def copy(range):
        return s3.upload_part_copy(Bucket="far-open", Key="parts", UploadId=upload_id, PartNumber=1,
                                   CopySource="open/from", CopySourceRange=range)

    copy("bytes=2-4")
    assert s3.list_parts(Bucket="far-open", Key="parts", UploadId=upload_id)["Parts"][0]["Size"] == 3
    with refused("InvalidArgument"):
        copy("bytes=x")


# --- documents

class Recorder(http.server.BaseHTTPRequestHandler):
    """A store that agrees to everything and keeps what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        self.send_response(self.server.statuses.get((self.command, self.path), 200))
        document = self.server.documents.get((self.command, self.path), b"")
        self.send_header("Content-Length", str(len(document)))
        self.send_header("Access-Control-Allow-Origin", "http://of-the-store")
        self.end_headers()
        self.wfile.write(document)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def recorded():
    store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    store.requests = []
    store.statuses = {}
    store.documents = {}
    threading.Thread(target=store.serve_forever, daemon=True).start()
    config = render(backends={"store": {
        "type": "s3", "endpoint": f"http://127.0.0.1:{store.server_port}", "region": "us-east-1",
        "access_key": "AKIASTORE00000000001", "secret_key": "store-secret-key-0123456789-0123456789",
        "path_style": True}}, identities={"users": user("tagged", allow("s3:*", "*"), deny("s3:*", "*", Condition={
            "StringEquals": {"s3:ExistingObjectTag/class": "secret"}}))})
    with Gateway(config) as running:
        running.store = store
        yield running, store.requests
    store.shutdown()


@pytest.mark.parametrize("method, target, headers, lookup", [
    # The condition asks for the tags, which come from a store that gives none: denied.
    ("DELETE", "/bucket/key", {}, ("GET", "/bucket/key?tagging")),
    ("PUT", "/bucket/key", {}, ("GET", "/bucket/key?tagging")),
    ("POST", "/bucket/key?uploads=", {}, ("GET", "/bucket/key?tagging")),
    ("HEAD", "/bucket/key", {}, ("GET", "/bucket/key?tagging")),
])
def test_reading_tags_before_deciding_changes_nothing(recorded, method, target, headers, lookup):
    running, requests = recorded
    requests.clear()
    assert status(running, signed(running, method, target, headers, key=keys("tagged"))) == 403
    assert [request[:2] for request in requests] == [lookup]


@pytest.mark.parametrize("method, target, body, lookup", [
    ("DELETE", "/bucket/key", b"", ("GET", "/bucket?cors")),
    ("PUT", "/bucket/key", b"body", ("GET", "/bucket?cors")),
    ("HEAD", "/bucket/key", b"", ("GET", "/bucket?cors")),
    ("DELETE", "/bucket", b"", ("GET", "/bucket?cors")),
])
def test_reading_cors_rules_changes_nothing(recorded, method, target, body, lookup):
    running, requests = recorded
    requests.clear()
    status(running, signed(running, method, target, {"Origin": "http://elsewhere"}, body))
    assert [request[:2] for request in requests] == [lookup, (method, target)]


BUCKET_POLICY = (b'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
                 b'"Resource":"arn:aws:s3:::bucket/*"}]}')


def test_a_bucket_policy_makes_no_bucket_and_does_not_outlive_one(recorded):
    running, requests = recorded
    requests.clear()
    statuses = running.store.statuses

    def policy():
        return status(running, signed(running, "GET", "/bucket?policy="))

    assert status(running, signed(running, "PUT", "/bucket?policy=", body=BUCKET_POLICY)) == 204
    assert [request[:2] for request in requests] == [("HEAD", "/bucket")]
    # Made again although it is there: the policy stays.
    assert status(running, signed(running, "PUT", "/bucket")) == 200
    assert policy() == 200
    # Deleted behind the gateway's back and made anew: it is another bucket.
    statuses["HEAD", "/bucket"] = 404
    assert status(running, signed(running, "PUT", "/bucket?policy=", body=BUCKET_POLICY)) == 404
    requests.clear()
    assert status(running, signed(running, "PUT", "/bucket")) == 200
    assert [request[:2] for request in requests] == [("HEAD", "/bucket"), ("PUT", "/bucket")]
    assert policy() == 404
    statuses.clear()


def test_tags_go_to_the_store_as_they_were_decided_about(recorded):
    running, requests = recorded
    body = (b'<Tagging xmlns:o="urn:other"><TagSet><Tag><Key>a</Key><Value>1</Value></Tag>'
            b'<o:Tag><o:Key>b</o:Key><o:Value><![CDATA[2]]><!-- --></o:Value></o:Tag></TagSet></Tagging>')
    assert status(running, signed(running, "PUT", "/bucket/key?tagging=", body=body)) == 200
    document = requests[-1][3]
    assert b"<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag>" in document
    assert b"urn:other" not in document


@pytest.mark.parametrize("tags, expected", [
    (b"<Tags><Tag><Key>a</Key><Value>1</Value></Tag></Tags>", 200),
    (b"<Tags><Tag><Key>a</Key><Value>1</Value></Tag></Tags><Tags/>", 400),
])
def test_tags_of_a_new_bucket_stand_in_one_place(recorded, tags, expected):
    running, requests = recorded
    before = len(requests)
    body = b"<CreateBucketConfiguration>" + tags + b"</CreateBucketConfiguration>"
    assert status(running, signed(running, "PUT", "/new-bucket", body=body)) == expected
    assert (len(requests) > before) == (expected == 200)


def test_browsers_are_told_by_the_gateway_alone(recorded):
    running, _ = recorded

    def origins():
        with connect(running) as connection:
            connection.sendall(signed(running, "GET", "/bucket/key", {"Origin": "http://elsewhere"}))
            head = read_until(connection, b"\r\n\r\n").lower().split(b"\r\n")
        return [line for line in head if line.startswith(b"access-control-allow-origin")]

    assert origins() == []
    running.store.documents["GET", "/bucket?cors"] = (
        b"<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>http://elsewhere</AllowedOrigin>"
        b"</CORSRule></CORSConfiguration>")
    assert origins() == [b"access-control-allow-origin: http://elsewhere"]
    running.store.documents.clear()


# --- memory

def test_strangers_send_no_documents(two_stores):
    head = (b"POST /open?delete HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n"
            b"Expect: 100-continue\r\n\r\n")
    with connect(two_stores) as connection:
        connection.sendall(head)
        assert read_until(connection, b"</Error>").startswith(b"HTTP/1.1 403 ")
    # Where the bucket lets them in, they may.
    two_stores.client().create_bucket(Bucket="welcome")
    two_stores.client().put_bucket_policy(Bucket="welcome", Policy="""{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::welcome/*"}]}""")
    with connect(two_stores) as connection:
        connection.sendall(head.replace(b"/open", b"/welcome"))
        assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")


def test_tiny_chunks_keep_little_memory():
    count = 40_000
    data = bytes(i % 251 for i in range(count))
    head = {"Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": str(count)}
    padding = b";" + b"x" * 400
    with Gateway() as running:
        s3 = running.client()
        s3.create_bucket(Bucket="chunks")
        credentials = botocore.credentials.Credentials(ROOT_ACCESS_KEY, ROOT_SECRET_KEY)
        request = botocore.awsrequest.AWSRequest(
            "PUT", running.endpoint + "/chunks/key", headers={"Host": f"localhost:{running.port}", **head})
        # What makes botocore sign STREAMING-UNSIGNED-PAYLOAD-TRAILER.
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
        botocore.auth.S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
        body = b"".join(b"1" + padding + b"\r\n" + data[i:i + 1] + b"\r\n" for i in range(count))
        end = b"0\r\n\r\n"
        lines = ["PUT /chunks/key HTTP/1.1", *(f"{n}: {v}" for n, v in request.headers.items()),
                 f"Content-Length: {len(body) + len(end)}", "", ""]
        before = running.resident_bytes()
        with connect(running, timeout=60) as connection:
            connection.sendall("\r\n".join(lines).encode() + body)
            time.sleep(1)
            assert running.resident_bytes() - before < len(body) / 2
            connection.sendall(end)
            assert read_until(connection, b"\r\n\r\n", timeout=60).startswith(b"HTTP/1.1 200 ")
        assert s3.get_object(Bucket="chunks", Key="key")["Body"].read() == data
