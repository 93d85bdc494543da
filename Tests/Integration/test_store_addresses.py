"""How the gateway reaches a store: by bucket in the host name, at several addresses, with a certificate of its own."""

import concurrent.futures
import random
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
import uuid

import boto3
import botocore.config
import pytest

from gateway import Gateway
from identities import render
from refusals import refused
from test_operations import probe
from test_tls import Authority
from wire import exchange


def name():
    return f"reach-{uuid.uuid4().hex[:12]}"


def round_trip(gateway, direct, bucket, key="a/b c+é"):
    """Writes through the gateway and reads past it, and the other way around."""
    s3, body = gateway.client(), random.randbytes(200_000)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert direct.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    direct.put_object(Bucket=bucket, Key="theirs", Body=b"theirs")
    assert s3.get_object(Bucket=bucket, Key="theirs")["Body"].read() == b"theirs"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key, "theirs"]
    s3.delete_object(Bucket=bucket, Key=key)
    assert [o["Key"] for o in direct.list_objects_v2(Bucket=bucket)["Contents"]] == ["theirs"]


@pytest.fixture(params=["moto", "radosgw"])
def store(request):
    return request.getfixturevalue(request.param)


class Relay:
    """Stands before a store and notes the host that each connection's first request names.

    It holds completions of uploads back for `delay` seconds.
    """

    def __init__(self, url, context=None, delay=0):
        self.delay = delay
        self.target = urllib.parse.urlsplit(url)
        self.context, self.hosts, self.failures = context, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            first = client.recv(65536)
        except OSError as error:
            self.failures.append(str(error))
            client.close()
            return
        self.hosts += [line[6:].decode() for line in first.split(b"\r\n") if line.lower().startswith(b"host: ")]
        with client, socket.create_connection((self.target.hostname, self.target.port)) as upstream:
            back = threading.Thread(target=self.copy, args=(upstream, client), daemon=True)
            back.start()
            if first.startswith(b"POST ") and b"uploadId=" in first.partition(b"\r\n")[0]:
                time.sleep(self.delay)
            upstream.sendall(first)
            self.copy(client, upstream)
            back.join(10)

    def copy(self, source, target):
        try:
            while data := source.recv(65536):
                if data.startswith(b"POST ") and b"uploadId=" in data.partition(b"\r\n")[0]:
                    time.sleep(self.delay)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def test_the_bucket_in_the_host_name(store):
    bucket = name()
    with Gateway(render(backends={"store": store.backend(path_style=False)})) as gateway:
        gateway.client().create_bucket(Bucket=bucket)
        round_trip(gateway, store.client(), bucket)
        assert bucket in [b["Name"] for b in gateway.client().list_buckets()["Buckets"]]
        gateway.client().put_object(Bucket=bucket, Key="copy", Body=b"source")
        gateway.client().copy_object(Bucket=bucket, Key="of", CopySource=f"{bucket}/copy")
        assert store.client().get_object(Bucket=bucket, Key="of")["Body"].read() == b"source"


@pytest.mark.parametrize("path_style", [True, False])
def test_where_the_bucket_goes(moto, path_style):
    bucket = name()
    moto.client().create_bucket(Bucket=bucket)
    with Relay(moto.url) as relay:
        endpoint = f"http://localhost:{relay.port}"
        with Gateway(render(backends={"store": moto.backend(endpoint=endpoint, path_style=path_style)})) as gateway:
            gateway.client().put_object(Bucket=bucket, Key="k", Body=b"x")
        assert (f"localhost:{relay.port}" if path_style else f"{bucket}.localhost:{relay.port}") in relay.hosts


def test_a_client_certificate_for_the_store(moto, tmp_path):
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs", "theirs")
    server = ours.make("store", tmp_path / "server")
    good, foreign = ours.make("gateway", tmp_path / "good"), theirs.make("gateway", tmp_path / "foreign")
    demanding = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    demanding.load_cert_chain(str(server / "tls.crt"), str(server / "tls.key"))
    demanding.load_verify_locations(str(ours.certificate))
    demanding.verify_mode = ssl.CERT_REQUIRED
    bucket = name()
    moto.client().create_bucket(Bucket=bucket)

    def settings(certificate):
        shown = {"client_certificate_file": str(certificate / "tls.crt"),
                 "client_key_file": str(certificate / "tls.key")} if certificate else {}
        return render(backends={"store": moto.backend(
            endpoint=f"https://localhost:{relay.port}", ca_file=str(ours.certificate), connect_timeout="2s", **shown)})

    with Relay(moto.url, demanding) as relay:
        with Gateway(settings(good)) as gateway:
            round_trip(gateway, moto.client(), bucket)
            assert relay.failures == []
        for certificate in (None, foreign):
            relay.failures.clear()
            with Gateway(settings(certificate)) as gateway:
                with refused("ServiceUnavailable", status=503):
                    gateway.client().put_object(Bucket=bucket, Key="k", Body=b"x")
                assert relay.failures
        # The other way round: a store whose own certificate is from nobody we trust.
        with Gateway(settings(good).replace(str(ours.certificate), str(theirs.certificate))) as gateway:
            with refused("ServiceUnavailable", status=503):
                gateway.client().put_object(Bucket=bucket, Key="k", Body=b"x")


def test_a_completion_that_takes_long(moto):
    """White space keeps the client, as S3's does; an error that comes late is told in the document."""
    bucket = name()
    moto.client().create_bucket(Bucket=bucket)
    with Relay(moto.url, delay=13) as relay:
        endpoint = f"http://localhost:{relay.port}"
        with Gateway(render(backends={"store": moto.backend(endpoint=endpoint)})) as gateway:
            s3 = gateway.client(read_timeout=12, retries={"total_max_attempts": 1, "mode": "standard"})

            def complete(key, etag=None):
                upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
                part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"part")
                return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={
                    "Parts": [{"PartNumber": 1, "ETag": etag or part["ETag"]}]})

            with concurrent.futures.ThreadPoolExecutor() as pool:
                good, bad = pool.submit(complete, "good"), pool.submit(complete, "bad", '"0123"')
            answer = good.result()
            assert answer["Key"] == "good" and answer["ETag"].endswith('-1"'), answer
            with refused("InvalidPart") as error:
                bad.result()
            line, = gateway.audit_lines(error.value.response["ResponseMetadata"]["RequestId"])
            assert line["status"] == 200 and "InvalidPart" in str(line), line
            assert s3.get_object(Bucket=bucket, Key="good")["Body"].read() == b"part"


@pytest.mark.parametrize("dead", [["127.0.0.2"], ["192.0.2.1"], ["192.0.2.1", "127.0.0.2", "::1"]])
def test_a_store_with_several_addresses(moto, tmp_path, dead):
    """Where one address is dead, by refusal or by silence, another serves."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} storehost\n" for address in [*dead, "127.0.0.1"]))
    # In a mount name space of its own the gateway sees another hosts file.
    wrapper = ["unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode:
        pytest.skip("a mount name space may not be made here")
    port, bucket = urllib.parse.urlsplit(moto.url).port, name()
    moto.client().create_bucket(Bucket=bucket)
    config = render(backends={"store": moto.backend(endpoint=f"http://storehost:{port}")})
    with Gateway(config, wrapper=wrapper) as gateway:
        start = time.monotonic()
        round_trip(gateway, moto.client(), bucket)
        assert time.monotonic() - start < 8
        assert probe(gateway, "/healthz/ready")[0] == 200
    # With no address that answers, the answer is 503, and soon.
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} storehost\n" for address in dead))
    config = render(backends={"store": moto.backend(endpoint=f"http://storehost:{port}", connect_timeout="1s")})
    with Gateway(config, wrapper=wrapper) as gateway:
        start = time.monotonic()
        assert exchange(gateway, "GET", f"/{bucket}/theirs").status == 503
        assert time.monotonic() - start < 12


@pytest.mark.parametrize("ours, asked, region, told", [
    # What the client names is the gateway's region; what the store hears is its own.
    (["eu-central-1"], "eu-central-1", "us-east-1", None), (["us-east-1"], None, "us-east-1", None),
    (["us-east-1", "eu-central-1"], "eu-central-1", "eu-west-1", "eu-west-1"),
    (["us-east-1"], None, "eu-west-1", "eu-west-1")])
def test_regions_of_new_buckets(moto, ours, asked, region, told):
    bucket = name()
    with Gateway(render(regions=ours, backends={"moto": moto.backend(region=region)})) as gateway:
        s3 = gateway.client(region=ours[0])
        constraint = {"CreateBucketConfiguration": {"LocationConstraint": asked}} if asked else {}
        s3.create_bucket(Bucket=bucket, **constraint)
        direct = boto3.session.Session().client(
            "s3", endpoint_url=moto.url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
            config=botocore.config.Config(s3={"addressing_style": "path"}))
        assert direct.get_bucket_location(Bucket=bucket)["LocationConstraint"] == told
        # Clients are told the region that they sign for.
        expected = None if ours[0] == "us-east-1" else ours[0]
        assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == expected
        with refused("IllegalLocationConstraintException", "InvalidLocationConstraint"):
            s3.create_bucket(Bucket=name(), CreateBucketConfiguration={"LocationConstraint": "ap-south-2"})


def test_regions_of_new_buckets_before_ceph(radosgw):
    """Ceph refuses regions that it does not know: the client's must not reach it."""
    bucket = name()
    with Gateway(render(regions=["eu-central-1"], backends={"ceph": radosgw.backend()})) as gateway:
        s3 = gateway.client(region="eu-central-1")
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "eu-central-1"
        round_trip(gateway, radosgw.client(), bucket)
    with refused("InvalidLocationConstraint"):
        radosgw.client().create_bucket(Bucket=name(), CreateBucketConfiguration={
            "LocationConstraint": "eu-central-1"})
