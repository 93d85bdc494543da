"""Real S3 stores behind the gateway: started by Tests/Rigs, each in a folder of its own."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"


class Store:
    """One rig. `moto` keeps everything in memory and checks no signatures; `radosgw` is Ceph and checks everything."""

    def __init__(self, rig, tls=False):
        self.rig, self.tls = rig, tls
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"martlet-{rig}."))
        self.variables = {}

    def run(self, verb, timeout):
        return subprocess.run([str(RIGS / f"{self.rig}.sh"), verb, str(self.folder)], check=True, timeout=timeout,
                              capture_output=True, text=True, env={**os.environ, "RIG_TLS": "1" if self.tls else "0"})

    def start(self):
        try:
            output = self.run("start", 150).stdout
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"{self.rig} does not start: {error.stderr}") from error
        self.variables = dict(re.findall(r"^export MARTLET_S3_(\w+)='(.*)'$", output, re.MULTILINE))
        return self

    def stop(self):
        self.run("stop", 60)

    def close(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return self.variables["URL"]

    def backend(self, **changes):
        """The settings of a backend that is this store."""
        settings = {"type": "s3", "endpoint": self.url, "region": self.variables["REGION"],
                    "access_key": self.variables["ACCESS_KEY"], "secret_key": self.variables["SECRET_KEY"],
                    "path_style": True}
        if self.tls:
            settings["ca_file"] = self.variables["CA"]
        if self.rig == "radosgw":
            settings["byte_exact"] = True
        return {**settings, **changes}

    def client(self):
        """boto3 straight to the store, past the gateway."""
        import boto3
        import botocore.config
        return boto3.session.Session().client(
            "s3", endpoint_url=self.url, verify=self.variables["CA"] if self.tls else None,
            region_name=self.variables["REGION"], aws_access_key_id=self.variables["ACCESS_KEY"],
            aws_secret_access_key=self.variables["SECRET_KEY"],
            # Ceph 16 knows no trailers.
            config=botocore.config.Config(request_checksum_calculation="when_required", s3={"addressing_style": "path"}, retries={"max_attempts": 1}))


def is_installed(rig):
    return rig != "radosgw" or all(shutil.which(p) for p in ("radosgw", "ceph-mon", "ceph-osd", "ceph"))


def needs(rig):
    """Ceph is in Debian; where it could not be installed its tests say so."""
    if not is_installed(rig):
        pytest.skip("Ceph is not installed: apt-get install radosgw ceph-mon ceph-osd ceph-common")
