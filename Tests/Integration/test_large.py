"""Large objects, many keys, and what is left when somebody breaks off."""

import concurrent.futures
import hashlib
import pathlib
import random
import subprocess
import threading
import time

import pytest

from gateway import Gateway, ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from refusals import refused
from stores import is_installed
from wire import Wire, exchange, head, quote

LARGE = 256 << 20
GROWTH_MAX = 64 << 20


class Memory:
    """How much the gateway's resident memory grew, at its highest, while the block ran."""

    def __init__(self, gateway):
        self.process = pathlib.Path(f"/proc/{gateway.process.pid}")

    def read(self, name):
        for line in (self.process / "status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(name)

    def __enter__(self):
        (self.process / "clear_refs").write_text("5")  # the high-water mark starts anew
        self.before = self.read("VmRSS")
        return self

    def __exit__(self, *_):
        self.growth = self.read("VmHWM") - self.before


@pytest.fixture(params=["embedded", "foreign"])
def gateway(request):
    """The embedded store, and in front of Ceph; of moto, which is slow, only where there is no Ceph."""
    if request.param == "foreign":
        return request.getfixturevalue("before_radosgw" if is_installed("radosgw") else "before_moto")
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of 256 MiB of which no two blocks are equal, and its digest."""
    path = tmp_path_factory.mktemp("large") / "large"
    digest = hashlib.sha256()
    block = random.randbytes(1 << 20)
    with path.open("wb") as file:
        for number in range(LARGE >> 20):
            piece = number.to_bytes(8, "big") + block[8:]
            digest.update(piece)
            file.write(piece)
    yield path, digest.hexdigest()
    path.unlink()


def curl(gateway, *arguments):
    return ["curl", "-sf", "--cacert", gateway.ca, "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
            f"{ROOT_ACCESS_KEY}:{ROOT_SECRET_KEY}", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", *arguments]


def download(gateway, path):
    digest, size = hashlib.sha256(), 0
    with subprocess.Popen(curl(gateway, gateway.endpoint + path), stdout=subprocess.PIPE) as process:
        while piece := process.stdout.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    assert process.returncode == 0
    return digest.hexdigest(), size


def test_256_mib_both_ways(gateway, bucket, large):
    path, digest = large
    with Memory(gateway) as memory:
        subprocess.run(curl(gateway, "-T", str(path), f"{gateway.endpoint}/{bucket}/large"), check=True, timeout=120)
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB for an upload"
    with Memory(gateway) as memory:
        assert download(gateway, f"/{bucket}/large") == (digest, LARGE)
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB for a download"
    # By boto3: parallel parts up, parallel ranges down.
    import boto3.s3.transfer
    config = boto3.s3.transfer.TransferConfig(multipart_chunksize=16 << 20, max_concurrency=4)
    s3 = gateway.client()
    target = path.with_suffix(".target")
    with Memory(gateway) as memory:
        s3.upload_file(str(path), bucket, "parts", Config=config)
        s3.download_file(bucket, "parts", str(target), Config=config)
    with target.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
    target.unlink()
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB for parallel parts"
    with Memory(gateway) as memory:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/large")
    assert s3.head_object(Bucket=bucket, Key="copy")["ContentLength"] == LARGE
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB for a copy"
    for key in ("large", "parts", "copy"):
        s3.delete_object(Bucket=bucket, Key=key)


def test_slow_readers(gateway, bucket):
    """Sixteen who take a little at a time: what they do not take stays at its source."""
    body = random.randbytes(32 << 20)
    gateway.client().put_object(Bucket=bucket, Key="k", Body=body)
    wires = [Wire(gateway, receive_buffer=65536) for _ in range(16)]
    with Memory(gateway) as memory:
        for wire in wires:
            wire.send(head(gateway, "GET", f"/{bucket}/k"))
        for _ in range(10):
            for wire in wires:
                wire.fill()
            time.sleep(0.1)
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB"
    # And one of them gets it all.
    status, headers = wires[0].head()
    assert status == 200 and wires[0].exactly(len(body)) == body
    for wire in wires:
        wire.close()


def test_slow_store_of_a_fast_writer(gateway, bucket):
    """Eight uploads at once, each larger than what may wait for the store."""
    body = bytes(24 << 20)
    with Memory(gateway) as memory, concurrent.futures.ThreadPoolExecutor(8) as pool:
        put = lambda n: exchange(gateway, "PUT", f"/{bucket}/{n}", body=body, payload="UNSIGNED-PAYLOAD").status
        assert list(pool.map(put, range(8))) == [200] * 8
    assert memory.growth < GROWTH_MAX, f"{memory.growth >> 20} MiB"
    for number in range(8):
        gateway.client().delete_object(Bucket=bucket, Key=str(number))


def test_5000_keys(gateway, bucket):
    keys = [f"folder {n % 50:02}/{n:05} é" for n in range(5000)]

    def write(some):
        with Wire(gateway, timeout=60) as wire:
            for start in range(0, len(some), 25):
                batch = some[start:start + 25]
                wire.send(b"".join(head(gateway, "PUT", f"/{bucket}/{quote(key)}", body=b"x") + b"x" for key in batch))
                for key in batch:
                    answer = wire.answer("PUT")
                    assert answer.status == 200, answer
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [keys[n::4] for n in range(4)]))
    s3 = gateway.client()
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    assert [e["Key"] for page in pages for e in page["Contents"]] == sorted(keys, key=str.encode)
    assert len(pages) == 5
    top = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert len(top["CommonPrefixes"]) == 50 and "Contents" not in top
    assert s3.list_objects_v2(Bucket=bucket, Prefix="folder 07/")["KeyCount"] == 100
    for start in range(0, 5000, 1000):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in keys[start:start + 1000]]})
        assert len(answer["Deleted"]) == 1000
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.delete_bucket(Bucket=bucket)


# --- broken off

def files(gateway):
    return {path.relative_to(gateway.data) for path in (gateway.data / "objects").rglob("*") if path.is_file()}


def test_client_disappears(gateway, bucket, request):
    """An upload that nobody ends writes nothing, on every store, and what was there stays."""
    s3 = gateway.client()
    s3.put_object(Bucket=bucket, Key="old", Body=b"old")
    before = files(gateway) if "embedded" in request.node.name else None
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    for path in (f"/{bucket}/new", f"/{bucket}/old", f"/{bucket}/parts?partNumber=1&uploadId={quote(upload)}"):
        for sent in (0, 1, 100_000, 2_999_999):
            with Wire(gateway) as wire:
                wire.send(head(gateway, "PUT", path, payload="UNSIGNED-PAYLOAD", length=3_000_000) + b"x" * sent)
                time.sleep(0.05)
    time.sleep(0.3)
    assert [(e["Key"], e["Size"]) for e in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [("old", 3)]
    assert s3.get_object(Bucket=bucket, Key="old")["Body"].read() == b"old"
    assert "Parts" not in s3.list_parts(Bucket=bucket, Key="parts", UploadId=upload)
    s3.abort_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload)
    if before is not None:
        end = time.monotonic() + 5
        while files(gateway) != before:
            assert time.monotonic() < end, files(gateway) ^ before
            time.sleep(0.1)


def test_reader_disappears(gateway, bucket):
    body = random.randbytes(8 << 20)
    gateway.client().put_object(Bucket=bucket, Key="k", Body=body)
    for _ in range(10):
        with Wire(gateway, receive_buffer=65536) as wire:
            wire.send(head(gateway, "GET", f"/{bucket}/k")).head()
    assert exchange(gateway, "GET", f"/{bucket}/k").body == body


def test_killed_while_writing(tmp_path):
    with Gateway(folder=tmp_path) as first:
        s3 = first.client()
        s3.create_bucket(Bucket="killed")
        s3.put_object(Bucket="killed", Key="old", Body=b"old" * 1000, Metadata={"a": "b"})
        upload = s3.create_multipart_upload(Bucket="killed", Key="parts")["UploadId"]
        s3.upload_part(Bucket="killed", Key="parts", UploadId=upload, PartNumber=1, Body=b"1" * (5 << 20))
        before = files(first)
        wires = []
        for path, length in [("/killed/new", 8 << 20), ("/killed/old", 8 << 20),
                             (f"/killed/parts?partNumber=2&uploadId={quote(upload)}", 8 << 20)]:
            wire = Wire(first)
            wire.send(head(first, "PUT", path, payload="UNSIGNED-PAYLOAD", length=length) + b"x" * (length - 1))
            wires.append(wire)
        end = time.monotonic() + 5
        while not files(first) - before:
            assert time.monotonic() < end, "nothing was being written"
            time.sleep(0.02)
        time.sleep(0.2)
        first.kill()
        assert files(first) - before, "nothing was half written when the gateway was killed"
        for wire in wires:
            wire.close()
    with Gateway(folder=tmp_path) as second:
        s3 = second.client()
        assert [(e["Key"], e["Size"]) for e in s3.list_objects_v2(Bucket="killed")["Contents"]] == [("old", 3000)]
        got = s3.get_object(Bucket="killed", Key="old")
        assert got["Body"].read() == b"old" * 1000 and got["Metadata"] == {"a": "b"}
        with refused("NoSuchKey"):
            s3.get_object(Bucket="killed", Key="new")
        assert [p["PartNumber"] for p in s3.list_parts(Bucket="killed", Key="parts", UploadId=upload)["Parts"]] == [1]
        end = time.monotonic() + 10
        while files(second) != before:
            assert time.monotonic() < end, f"left behind: {files(second) ^ before}"
            time.sleep(0.1)
        # And it goes on.
        part = s3.upload_part(Bucket="killed", Key="parts", UploadId=upload, PartNumber=2, Body=b"2")["ETag"]
        first_part = s3.list_parts(Bucket="killed", Key="parts", UploadId=upload)["Parts"][0]["ETag"]
        s3.complete_multipart_upload(Bucket="killed", Key="parts", UploadId=upload, MultipartUpload={"Parts": [
            {"PartNumber": 1, "ETag": first_part}, {"PartNumber": 2, "ETag": part}]})
        assert s3.head_object(Bucket="killed", Key="parts")["ContentLength"] == (5 << 20) + 1


def test_killed_again_and_again(tmp_path):
    """Killed under load, at any moment: an object is the one that was confirmed or a later whole one, never a mixture."""
    sizes, generation, confirmed = [10, 70_000, 1_500_000], 0, {}
    body = lambda key, number: (f"{key}:{number}:".encode() * (sizes[int(key)] // 4))[:sizes[int(key)]]
    for _ in range(4):
        gateway = Gateway(folder=tmp_path)
        with gateway:
            if generation == 0:
                gateway.client().create_bucket(Bucket="killed")
            for key, (number, at_most) in confirmed.items():
                answer = exchange(gateway, "GET", f"/killed/{key}")
                assert answer.body in [body(key, n) for n in range(number, at_most + 1)], (key, number, at_most)
            stop = time.monotonic() + random.uniform(0.3, 0.8)

            def write(key):
                number = confirmed.get(key, (0, 0))[1]
                try:
                    with Wire(gateway, timeout=5) as wire:
                        while True:
                            number += 1
                            content = body(key, number)
                            confirmed[key] = (confirmed.get(key, (number, number))[0], number)
                            wire.send(head(gateway, "PUT", f"/killed/{key}", body=content) + content)
                            if wire.answer("PUT").status == 200:
                                confirmed[key] = (number, number)
                except (OSError, EOFError):
                    pass
            threads = [threading.Thread(target=write, args=(key,)) for key in "012"]
            for thread in threads:
                thread.start()
            time.sleep(max(0, stop - time.monotonic()))
            gateway.kill()
            for thread in threads:
                thread.join()
            generation += 1
    assert all(number > 1 for number, _ in confirmed.values()), confirmed
