"""The clients people use, through TLS, with their own signers."""

import hashlib
import os
import random
import subprocess

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY


def test_aws_cli(gateway, bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(random.randbytes(12 << 20))
    gateway.aws("s3", "cp", str(source), f"s3://{bucket}/folder/object")
    assert "folder/object" in gateway.aws("s3", "ls", f"s3://{bucket}", "--recursive").stdout
    gateway.aws("s3", "cp", f"s3://{bucket}/folder/object", str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == source.read_bytes()
    folder = tmp_path / "tree"
    for name in ("a/1", "a/2", "b/3"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    gateway.aws("s3", "sync", str(folder), f"s3://{bucket}/tree")
    gateway.aws("s3", "mv", f"s3://{bucket}/tree/a/1", f"s3://{bucket}/tree/moved")
    gateway.aws("s3", "rm", f"s3://{bucket}", "--recursive")
    gateway.aws("s3", "rb", f"s3://{bucket}")
    assert gateway.aws("sts", "get-caller-identity").stdout.count("000000000000") >= 2


def test_rclone(gateway, bucket, tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(20):
        (folder / f"file {number}").write_bytes(random.randbytes(number * 1000))
    environment = dict(os.environ, RCLONE_CONFIG="/dev/null", RCLONE_CA_CERT=gateway.ca, RCLONE_CONFIG_M_TYPE="s3",
                       RCLONE_CONFIG_M_PROVIDER="Other", RCLONE_CONFIG_M_ENDPOINT=gateway.endpoint,
                       RCLONE_CONFIG_M_ACCESS_KEY_ID=ROOT_ACCESS_KEY,
                       RCLONE_CONFIG_M_SECRET_ACCESS_KEY=ROOT_SECRET_KEY, RCLONE_CONFIG_M_REGION="us-east-1")

    def rclone(*arguments):
        return subprocess.run(["rclone", "--retries", "1", *arguments], env=environment, check=True, timeout=120,
                              capture_output=True, text=True).stdout
    rclone("copy", str(folder), f"m:{bucket}/tree")
    rclone("check", str(folder), f"m:{bucket}/tree")
    rclone("copyto", f"m:{bucket}/tree/file 5", f"m:{bucket}/copy")
    assert len(rclone("lsf", "-R", "--files-only", f"m:{bucket}").splitlines()) == 21
    rclone("purge", f"m:{bucket}")


def test_s3cmd(gateway, bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(random.randbytes(20 << 20))
    host = gateway.endpoint.removeprefix("https://")
    config = tmp_path / "s3cfg"
    config.write_text(f"""[default]
access_key = {ROOT_ACCESS_KEY}
secret_key = {ROOT_SECRET_KEY}
host_base = {host}
host_bucket = {host}
ca_certs_file = {gateway.ca}
use_https = True
signature_v2 = False
multipart_chunk_size_mb = 5
max_retries = 1
""")

    def s3cmd(*arguments):
        return subprocess.run(["s3cmd", "-c", str(config), "--no-progress", *arguments], check=True, timeout=120,
                              capture_output=True, text=True).stdout
    s3cmd("put", str(source), f"s3://{bucket}/by s3cmd")
    assert "by s3cmd" in s3cmd("ls", f"s3://{bucket}")
    s3cmd("get", f"s3://{bucket}/by s3cmd", str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == source.read_bytes()
    s3cmd("cp", f"s3://{bucket}/by s3cmd", f"s3://{bucket}/copy")
    s3cmd("del", "--recursive", "--force", f"s3://{bucket}")


def test_curl(gateway, bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(random.randbytes(3 << 20))

    def curl(*arguments):
        return subprocess.run(
            ["curl", "-sf", "--cacert", gateway.ca, "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
             f"{ROOT_ACCESS_KEY}:{ROOT_SECRET_KEY}", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", *arguments],
            check=True, timeout=60, capture_output=True).stdout
    curl("-T", str(source), f"{gateway.endpoint}/{bucket}/by-curl")
    body = curl(f"{gateway.endpoint}/{bucket}/by-curl")
    assert hashlib.sha256(body).digest() == hashlib.sha256(source.read_bytes()).digest()
    assert b"<Key>by-curl</Key>" in curl(f"{gateway.endpoint}/{bucket}?list-type=2&prefix=by-")
    curl("-X", "DELETE", f"{gateway.endpoint}/{bucket}/by-curl")
