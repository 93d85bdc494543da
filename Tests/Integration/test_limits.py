"""What happens when there is no more: requests in flight, room for audit lines, room on the disk."""

import contextlib
import os
import pathlib
import subprocess
import time

import pytest

from gateway import Gateway
from identities import render
from refusals import refused
from test_operations import probe
from wire import Wire, exchange, head


def code(answer):
    return answer.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of `size` bytes at `folder`, in memory."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)],
                             capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a small file system may not be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_requests_in_flight():
    with Gateway(render(limits={"requests_in_flight_max": 2})) as gateway:
        gateway.client().create_bucket(Bucket="busy")
        body = b"x" * 1000

        def half():
            wire = Wire(gateway)
            wire.send(head(gateway, "PUT", "/busy/k", body=body, headers={"expect": "100-continue"}))
            assert wire.answer("PUT").status == 100
            return wire.send(body[:500])

        with half() as first, half() as second:
            refusal = exchange(gateway, "GET", "/busy")
            assert refusal.status == 503 and code(refusal) == "SlowDown", refusal
            # Whoever looks after the node still sees it.
            assert probe(gateway, "/healthz/live")[0] == 200
            assert first.send(body[500:]).answer("PUT").status == 200
            assert exchange(gateway, "GET", "/busy").status == 200
            assert second.send(body[500:]).answer("PUT").status == 200
        # A client that goes gives its place back.
        waiting = [half(), half()]
        assert exchange(gateway, "GET", "/busy").status == 503
        waiting[0].close()
        end = time.monotonic() + 5
        while exchange(gateway, "GET", "/busy").status != 200:
            assert time.monotonic() < end
            time.sleep(0.05)
        waiting[1].close()


@pytest.mark.parametrize("behavior", ["refuse", "drop"])
def test_audit_lines_that_cannot_be_written(tmp_path, behavior):
    with small_disk(tmp_path / "audit", "64k") as disk:
        config = render(audit={"file": str(disk / "audit.jsonl"), "on_full": behavior, "buffer_bytes_max": "64KiB",
                               "flush_interval": "10ms"})
        with Gateway(config) as gateway:
            gateway.client().create_bucket(Bucket="audited")
            # Names in audit lines are long here, so that there are few of them.
            path = "/audited/" + "/".join(["k" * 200] * 4)
            statuses = []
            with Wire(gateway) as wire:
                for _ in range(600):
                    answer = wire.send(head(gateway, "GET", path)).answer()
                    statuses.append(answer.status)
                    if answer.status == 503 or answer.headers.get("connection") == "close":
                        break
            gateway.await_log("audit lines cannot be written")
            if behavior == "refuse":
                assert statuses[-1] == 503 and statuses[:-1] == [404] * (len(statuses) - 1), statuses
                answer = exchange(gateway, "PUT", "/audited/k", body=b"not audited, not done")
                assert answer.status == 503 and code(answer) == "ServiceUnavailable", answer
                assert probe(gateway, "/healthz/live")[0] == 200
            else:
                assert statuses == [404] * 600
                assert exchange(gateway, "PUT", "/audited/k", body=b"done all the same").status == 200
                gateway.await_log("audit lines were dropped")
            metrics = probe(gateway, "/metrics")[1]
            # There is room again: lines that waited are written, and requests served.
            subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
            gateway.await_log("audit lines are written again")
            assert exchange(gateway, "PUT", "/audited/k", body=b"audited").status == 200
            with refused("NoSuchKey"):
                gateway.client().get_object(Bucket="audited", Key="other")
            time.sleep(0.3)
            lines = (disk / "audit.jsonl").read_text().splitlines()
            assert all(line.startswith("{") and line.endswith("}") for line in lines)
            if behavior == "refuse":
                served = [line for line in lines if '"k' not in line or "kkkk" in line]
                assert len([line for line in served if "kkkk" in line]) >= len(statuses) - 1
            assert "martlet_audit" in metrics, metrics


def test_a_full_disk(tmp_path):
    """Nothing half-written shows, the error says what is wrong, and the gateway goes on when there is room again."""
    with small_disk(tmp_path / "disk", "24m") as disk:
        config = render(backends={"local": {"type": "file", "path": str(disk / "objects")}})
        with Gateway(config) as gateway:
            s3 = gateway.client()
            s3.create_bucket(Bucket="full")
            s3.put_object(Bucket="full", Key="kept", Body=b"kept")
            kept = {"kept": 4}
            data = os.urandom(3 << 20)
            for number in range(20):
                try:
                    s3.put_object(Bucket="full", Key=f"k{number}", Body=data)
                    kept[f"k{number}"] = len(data)
                except s3.exceptions.ClientError as error:
                    answer = error.response
                    break
            assert 4 < len(kept) < 10
            assert answer["Error"]["Code"] == "StorageFull", answer
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 507 and "room" in answer["Error"]["Message"]
            line, = gateway.audit_lines(answer["ResponseMetadata"]["RequestId"])
            assert "No space left on device" in str(line), line

            def listed():
                return {o["Key"]: o["Size"] for o in s3.list_objects_v2(Bucket="full")["Contents"]}

            assert listed() == kept
            # What was there before an overwrite that failed is there still.
            with refused("StorageFull", status=507):
                s3.put_object(Bucket="full", Key="kept", Body=data)
            assert s3.get_object(Bucket="full", Key="kept")["Body"].read() == b"kept"
            with refused("StorageFull", status=507):
                s3.copy_object(Bucket="full", Key="copy", CopySource="full/k0")
            upload = None
            with refused("StorageFull", status=507):
                upload = s3.create_multipart_upload(Bucket="full", Key="parts")["UploadId"]
                s3.upload_part(Bucket="full", Key="parts", UploadId=upload, PartNumber=1, Body=data)
            assert listed() == kept
            if upload:
                s3.abort_multipart_upload(Bucket="full", Key="parts", UploadId=upload)
            # The space of what failed has been given back: only what shows is there.
            used = sum(f.stat().st_size for f in pathlib.Path(disk).rglob("*") if f.is_file())
            assert used < sum(kept.values()) + (1 << 20), used
            # Deleting works on a full disk, and makes room.
            (disk / "ballast").write_bytes(b"")
            with contextlib.suppress(OSError), open(disk / "ballast", "wb", buffering=0) as ballast:
                while True:
                    ballast.write(b"x" * 4096)
            with refused("StorageFull", status=507):
                s3.put_object(Bucket="full", Key="tiny", Body=b"x" * 5000)
            s3.delete_object(Bucket="full", Key="k0")
            s3.put_object(Bucket="full", Key="again", Body=data[:1 << 20])
            assert s3.get_object(Bucket="full", Key="again")["Body"].read() == data[:1 << 20]
            assert gateway.process.poll() is None
            del kept["k0"]
            assert listed() == {**kept, "again": 1 << 20}
        # And after a restart.
        with Gateway(config) as gateway:
            keys = gateway.client().list_objects_v2(Bucket="full")["Contents"]
            assert {o["Key"] for o in keys} == {*kept, "again"}
            assert gateway.client().get_object(Bucket="full", Key="kept")["Body"].read() == b"kept"
