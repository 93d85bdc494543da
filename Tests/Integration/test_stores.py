"""The gateway in front of real foreign stores: moto, and Ceph's RADOS Gateway, which checks signatures."""

import json
import random
import subprocess
import time
import uuid

import pytest

from gateway import Gateway
from identities import allow, bucket_arns, deny, keys, policy, render, user
from refusals import denied, refused
from stores import Store, needs
from test_operations import probe
from wire import Wire, exchange, head


def name():
    return f"store-{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=["moto", "radosgw"])
def store(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def front(request, store):
    return request.getfixturevalue(f"before_{store.rig}")


def await_probe(gateway, status, timeout=40):
    end = time.monotonic() + timeout
    while probe(gateway, "/healthz/ready")[0] != status:
        assert time.monotonic() < end, probe(gateway, "/healthz/ready")
        time.sleep(0.1)


def test_what_the_gateway_writes_is_what_the_store_has(front, store):
    bucket, body = name(), random.randbytes(300_000)
    front.client().create_bucket(Bucket=bucket)
    front.client().put_object(Bucket=bucket, Key="a/b c+d é", Body=body, Metadata={"color": "blue"}, ContentType="x/y",
                              Tagging="team=red")
    direct = store.client()
    got = direct.get_object(Bucket=bucket, Key="a/b c+d é")
    assert got["Body"].read() == body and got["Metadata"] == {"color": "blue"} and got["ContentType"] == "x/y"
    # aws-chunked and its trailers end at the gateway.
    assert "aws-chunked" not in got.get("ContentEncoding", "")
    assert direct.get_object_tagging(Bucket=bucket, Key="a/b c+d é")["TagSet"] == [{"Key": "team", "Value": "red"}]
    direct.put_object(Bucket=bucket, Key="theirs", Body=b"written past the gateway")
    assert front.client().get_object(Bucket=bucket, Key="theirs")["Body"].read() == b"written past the gateway"


def test_answers_name_the_gateway(front, store):
    bucket = name()
    with Wire(front) as wire:
        answer = wire.send(head(front, "PUT", f"/{bucket}")).answer("PUT")
        assert answer.status == 200
        for path in (f"/{bucket}/missing", f"/{bucket}"):
            answer = wire.send(head(front, "GET", path)).answer()
            text = repr(answer)
            assert store.url.split("//")[1] not in text and "rgw" not in text.lower() and "moto" not in text.lower()
            assert answer.headers["server"] == "Martlet" and answer.headers["x-amz-request-id"]
        answer = wire.send(head(front, "GET", f"/{bucket}/missing")).answer()
        assert f"<Resource>/{bucket}/missing</Resource>".encode() in answer.body
    assert front.client().get_bucket_location(Bucket=bucket)["LocationConstraint"] is None


def test_bucket_policies_before_a_store(front, store):
    """Kept by the gateway for every store, which must not notice; deleting one deletes nothing else."""
    bucket = name()
    root = front.client()
    root.create_bucket(Bucket=bucket)
    document = json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                  "Resource": f"arn:aws:s3:::{bucket}/*"}))
    root.put_bucket_policy(Bucket=bucket, Policy=document)
    assert json.loads(root.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(document)
    with refused("NoSuchBucketPolicy"):
        store.client().get_bucket_policy(Bucket=bucket)
    root.delete_bucket_policy(Bucket=bucket)
    store.client().head_bucket(Bucket=bucket)
    root.put_bucket_policy(Bucket=bucket, Policy=document)
    root.put_object(Bucket=bucket, Key="k", Body=b"public")
    run = subprocess.run(["curl", "-s", "--cacert", front.ca, f"{front.endpoint}/{bucket}/k"], capture_output=True,
                         timeout=20)
    assert run.stdout == b"public"
    with refused("NoSuchBucket"):
        missing = name()
        root.put_bucket_policy(Bucket=missing, Policy=document.replace(bucket, missing))


def test_lookups_change_nothing(store):
    """Tags that a policy reads are fetched, whatever the request that needed them was."""
    config = render(backends={"store": store.backend()}, identities={"users": user(
        "tagger", allow(["s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:DeleteObject", "s3:GetObject"], "*",
                        Condition={"StringEquals": {"s3:ExistingObjectTag/team": "blue"}}))})
    bucket = name()
    with Gateway(config) as gateway:
        root = gateway.client()
        root.create_bucket(Bucket=bucket)
        for team in ("blue", "red"):
            root.put_object(Bucket=bucket, Key=team, Body=team.encode(), Tagging=f"team={team}")
        s3 = gateway.client(**keys("tagger"))
        retag = lambda key: s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [
            {"Key": "team", "Value": "blue"}, {"Key": "n", "Value": "1"}]})
        for action in (retag, lambda key: s3.delete_object_tagging(Bucket=bucket, Key=key),
                       lambda key: s3.delete_object(Bucket=bucket, Key=key)):
            with denied():
                action("red")
            direct = store.client()
            assert direct.get_object_tagging(Bucket=bucket, Key="red")["TagSet"] == [{"Key": "team", "Value": "red"}]
            assert direct.get_object(Bucket=bucket, Key="red")["Body"].read() == b"red"
        assert s3.get_object(Bucket=bucket, Key="blue")["Body"].read() == b"blue"
        retag("blue")
        assert len(root.get_object_tagging(Bucket=bucket, Key="blue")["TagSet"]) == 2
        s3.delete_object(Bucket=bucket, Key="blue")


def test_keys_that_a_store_would_fold(before_moto):
    bucket = name()
    s3 = before_moto.client()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="b", Body=b"b")
    for key in (".", "..", "a/../b", "a/./b", "a//b", "/b", "../b"):
        for action in (lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"x"),
                       lambda: s3.get_object(Bucket=bucket, Key=key), lambda: s3.delete_object(Bucket=bucket, Key=key),
                       lambda: s3.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": key})):
            with refused("InvalidRequest", status=400):
                action()
    assert [e["Key"] for e in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]
    for key in ("a/", "a.b/..c/d..", "..."):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")


def test_policies_before_a_store(store):
    bucket = name()
    config = render(backends={"store": store.backend()}, identities={"users": {
        **user("reader", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/open/*"))}})
    with Gateway(config) as gateway:
        root, reader = gateway.client(), gateway.client(**keys("reader"))
        root.create_bucket(Bucket=bucket)
        for key in ("open/k", "closed/k"):
            root.put_object(Bucket=bucket, Key=key, Body=b"x")
        assert reader.get_object(Bucket=bucket, Key="open/k")["Body"].read() == b"x"
        for action in [lambda: reader.get_object(Bucket=bucket, Key="closed/k"),
                       lambda: reader.get_object(Bucket=bucket, Key="open/missing"),
                       lambda: reader.head_object(Bucket=bucket, Key="open/missing"),
                       lambda: reader.put_object(Bucket=bucket, Key="open/k", Body=b""),
                       lambda: reader.list_objects_v2(Bucket=bucket)]:
            with denied():
                action()


# --- Ceph, which looks at what it is sent

@pytest.mark.parametrize("tls", [False, True])
def test_ceph_with_and_without_tls(tls, radosgw):
    if tls:
        # Another authority than the one in settings: nothing is served through a connection that proves nothing.
        with Gateway(render(backends={"ceph": {k: v for k, v in radosgw.backend().items() if k != "ca_file"}})) as gateway:
            with refused("ServiceUnavailable", status=503):
                gateway.client().list_buckets()
            assert probe(gateway, "/healthz/ready")[0] == 503
        return
    store = Store("radosgw", tls=False)
    try:
        store.start()
        with Gateway(render(backends={"ceph": store.backend()})) as gateway:
            s3 = gateway.client()
            s3.create_bucket(Bucket="plain")
            body = random.randbytes(6 << 20)
            s3.put_object(Bucket="plain", Key="k", Body=body)
            assert s3.get_object(Bucket="plain", Key="k")["Body"].read() == body
            # A customer's key never crosses a network in the clear.
            with refused("InvalidRequest"):
                s3.put_object(Bucket="plain", Key="e", Body=b"", SSECustomerAlgorithm="AES256", SSECustomerKey=b"k" * 32)
    finally:
        store.close()


def test_wrong_credentials_of_the_gateway(radosgw):
    for changes in ({"secret_key": "x" * 40}, {"access_key": "UNKNOWNUNKNOWN"}):
        with Gateway(render(backends={"ceph": radosgw.backend(**changes)})) as gateway:
            for action in (lambda s3: s3.list_buckets(), lambda s3: s3.get_object(Bucket="bucket", Key="k"),
                           lambda s3: s3.put_object(Bucket="bucket", Key="k", Body=b"x")):
                with refused("ServiceUnavailable", status=503):
                    action(gateway.client())
            with refused("503", status=503):
                gateway.client().head_object(Bucket="bucket", Key="k")
            # The operator is told.
            assert [line for line in gateway.log if "credential" in line.lower() and ("warning" in line or "error" in line)]
            assert "x" * 40 not in "\n".join(gateway.log)


def test_a_store_that_goes_and_comes():
    store = Store("moto")
    try:
        store.start()
        with Gateway(render(backends={"moto": store.backend(connect_timeout="1s")})) as gateway:
            s3 = gateway.client()
            s3.create_bucket(Bucket="kept")
            await_probe(gateway, 200)
            assert probe(gateway, "/healthz/live")[0] == 200
            url = store.url
            store.stop()
            with refused("ServiceUnavailable", status=503):
                s3.list_buckets()
            with refused("ServiceUnavailable", status=503):
                s3.put_object(Bucket="kept", Key="k", Body=b"x" * 100_000)
            await_probe(gateway, 503)
            assert probe(gateway, "/healthz/live")[0] == 200
            store.start()
            assert store.url == url
            # Nobody asks, and the node becomes ready again all the same; then every event loop serves at once.
            await_probe(gateway, 200)
            for number in range(6):
                gateway.client().create_bucket(Bucket=f"again-{number}")
    finally:
        store.close()


# --- two stores

@pytest.fixture(scope="module")
def two(radosgw, tmp_path_factory):
    config = render(
        backends={"local": {"type": "file", "path": str(tmp_path_factory.mktemp("two") / "objects")},
                  "ceph": radosgw.backend()},
        routes=[{"buckets": "ceph-*", "backend": "ceph"}], default_backend="local",
        identities={"users": user("copies", allow("s3:GetObject", bucket_arns("local-*")),
                                  allow("s3:PutObject", bucket_arns("ceph-*")))})
    with Gateway(config) as gateway:
        radosgw.client().create_bucket(Bucket="stray")
        gateway.client().create_bucket(Bucket="ceph-one")
        gateway.client().create_bucket(Bucket="local-one")
        yield gateway


def test_routes(two, radosgw):
    s3 = two.client()
    names = [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
    assert "ceph-one" in names and "local-one" in names
    # What a store has under a name that is routed elsewhere is not there.
    assert "stray" not in names and names == sorted(names)
    with refused("NoSuchBucket"):
        s3.list_objects_v2(Bucket="stray")
    theirs = [entry["Name"] for entry in radosgw.client().list_buckets()["Buckets"]]
    assert "ceph-one" in theirs and "local-one" not in theirs
    s3.put_object(Bucket="ceph-one", Key="k", Body=b"ceph")
    s3.put_object(Bucket="local-one", Key="k", Body=b"local")
    assert radosgw.client().get_object(Bucket="ceph-one", Key="k")["Body"].read() == b"ceph"
    assert s3.get_object(Bucket="local-one", Key="k")["Body"].read() == b"local"


@pytest.mark.parametrize("source, target", [("local-one", "ceph-one"), ("ceph-one", "local-one")])
def test_copies_between_stores(two, source, target):
    s3 = two.client()
    body = random.randbytes(9 << 20)
    s3.put_object(Bucket=source, Key="from é", Body=body, Metadata={"color": "blue"}, ContentType="x/y", Tagging="a=b")
    before = two.resident_bytes()
    s3.copy_object(Bucket=target, Key="to", CopySource={"Bucket": source, "Key": "from é"})
    got = s3.get_object(Bucket=target, Key="to")
    assert got["Body"].read() == body and got["Metadata"] == {"color": "blue"} and got["ContentType"] == "x/y"
    assert s3.get_object_tagging(Bucket=target, Key="to")["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.copy_object(Bucket=target, Key="to", CopySource={"Bucket": source, "Key": "from é"}, MetadataDirective="REPLACE",
                   Metadata={"color": "red"}, TaggingDirective="REPLACE", Tagging="c=d")
    assert s3.head_object(Bucket=target, Key="to")["Metadata"] == {"color": "red"}
    assert s3.get_object_tagging(Bucket=target, Key="to")["TagSet"] == [{"Key": "c", "Value": "d"}]
    with refused("NoSuchKey", "404"):
        s3.copy_object(Bucket=target, Key="to", CopySource={"Bucket": source, "Key": "missing"})
    with refused("PreconditionFailed"):
        s3.copy_object(Bucket=target, Key="to", CopySource={"Bucket": source, "Key": "from é"}, CopySourceIfMatch='"x"')
    upload = s3.create_multipart_upload(Bucket=target, Key="parts")["UploadId"]
    parts = [s3.upload_part_copy(Bucket=target, Key="parts", UploadId=upload, PartNumber=number,
                                 CopySource={"Bucket": source, "Key": "from é"}, CopySourceRange=where)["CopyPartResult"]
             for number, where in ((1, f"bytes=0-{(6 << 20) - 1}"), (2, f"bytes={6 << 20}-{(9 << 20) - 1}"))]
    s3.complete_multipart_upload(Bucket=target, Key="parts", UploadId=upload, MultipartUpload={"Parts": [
        {"PartNumber": n, "ETag": part["ETag"]} for n, part in enumerate(parts, 1)]})
    assert s3.get_object(Bucket=target, Key="parts")["Body"].read() == body
    assert two.resident_bytes() - before < 64 << 20


def test_copies_between_stores_need_both(two):
    root, s3 = two.client(), two.client(**keys("copies"))
    root.put_object(Bucket="local-one", Key="plain", Body=b"x")
    s3.copy_object(Bucket="ceph-one", Key="to", CopySource="local-one/plain")
    with denied():
        s3.copy_object(Bucket="local-one", Key="to", CopySource="ceph-one/to")
    with denied():
        s3.copy_object(Bucket="ceph-one", Key="to", CopySource="ceph-one/k")


def test_one_store_gone_of_two(tmp_path):
    store = Store("moto")
    try:
        store.start()
        with Gateway(render(backends={"local": {"type": "file", "path": str(tmp_path / "objects")},
                                      "moto": store.backend(connect_timeout="1s")},
                            routes=[{"buckets": "moto-*", "backend": "moto"}], default_backend="local")) as gateway:
            s3 = gateway.client()
            s3.create_bucket(Bucket="local"), s3.create_bucket(Bucket="moto-one")
            store.stop()
            s3.put_object(Bucket="local", Key="k", Body=b"x")
            with refused("ServiceUnavailable", status=503):
                s3.put_object(Bucket="moto-one", Key="k", Body=b"x")
            # Half a list would look like buckets that are gone.
            with refused("ServiceUnavailable", status=503):
                s3.list_buckets()
    finally:
        store.close()
