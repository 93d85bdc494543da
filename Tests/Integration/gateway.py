"""Starts the built gateway for a test, and the clients that talk to it."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("MARTLET_BINARY", ROOT / ".build/release/martlet"))
ROOT_ACCESS_KEY = "MARTLETROOTKEY000001"
ROOT_SECRET_KEY = "integration-root-secret-key-0123456789ab"


class Gateway:
    """One `martlet serve` with a data folder of its own."""

    def __init__(self, config=None, folder=None, root_keys=True, arguments=(), environment=None,
                 wrapper=()):
        self.owns_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="martlet-test."))
        self.data = self.folder / "data"
        self.config = config
        self.root_keys = root_keys
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.wrapper = list(wrapper)
        self.process = None
        self.endpoint = None
        self.operations = None
        self.log = []

    def start(self, timeout=30):
        command = [*self.wrapper, str(BINARY), "serve", "--data", str(self.data), "--listen", "127.0.0.1:0",
                   "--operations", "127.0.0.1:0", *self.arguments]
        if self.config is not None:
            path = self.folder / "martlet.yaml"
            path.write_text(self.config)
            command += ["--config", str(path)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
        if self.root_keys:
            environment["MARTLET_ROOT_ACCESS_KEY"] = ROOT_ACCESS_KEY
            environment["MARTLET_ROOT_SECRET_KEY"] = ROOT_SECRET_KEY
        environment.update(self.environment)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        ready = threading.Event()

        def read_log():
            for line in self.process.stderr:
                self.log.append(line.rstrip("\n"))
                if found := re.search(r" listening .*operations=(http://\S+)", line):
                    self.operations = found.group(1)

        def read_output():
            for line in self.process.stdout:
                if line.startswith("ready "):
                    self.endpoint = line.split()[1]
                    ready.set()
            ready.set()

        for target in (read_log, read_output):
            threading.Thread(target=target, daemon=True).start()
        if not ready.wait(timeout) or self.endpoint is None:
            time.sleep(0.2)
            self.kill()
            if self.owns_folder:
                shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"the gateway did not start ({self.process.returncode}):\n" + "\n".join(self.log[-30:]))
        # Told in the log, which another thread reads; not at all where the log says less.
        end = time.monotonic() + 2
        while self.operations is None and time.monotonic() < end:
            time.sleep(0.01)
        return self

    @property
    def ca(self):
        return str(self.data / "tls" / "ca.pem")

    @property
    def port(self):
        return int(self.endpoint.rsplit(":", 1)[1])

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def await_log(self, text, start=0, timeout=20):
        """The first log line with `text` from line number `start` on."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for line in self.log[start:]:
                if text in line:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no `{text}` in the log:\n" + "\n".join(self.log[start:][-30:]))

    def reload(self, config, expect="settings reloaded"):
        """Writes new settings and waits until the gateway has taken or refused them."""
        before = len(self.log)
        self.config = config
        temporary = self.folder / "martlet.yaml.new"
        temporary.write_text(config)
        temporary.replace(self.folder / "martlet.yaml")
        self.process.send_signal(signal.SIGHUP)
        return self.await_log(expect, before)

    def audit_lines(self, request_id=None):
        """Audit records, all or those of one request; waits until a named one is written."""
        path = self.data / "audit.jsonl"
        end = time.monotonic() + 10
        while True:
            # The last line may be half written.
            lines = [json.loads(line) for line in path.read_text().split("\n")[:-1]] if path.exists() else []
            if request_id is None:
                return lines
            found = [line for line in lines if line["request_id"] == request_id]
            if found or time.monotonic() > end:
                return found
            time.sleep(0.05)

    def stop(self, timeout=20):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode if self.process else None

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self):
        try:
            self.stop()
        finally:
            if self.owns_folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    # --- clients

    def client(self, service="s3", access_key=ROOT_ACCESS_KEY, secret_key=ROOT_SECRET_KEY, token=None,
               region="us-east-1", **config):
        config.setdefault("retries", {"max_attempts": 1, "mode": "standard"})
        config.setdefault("read_timeout", 60)
        return boto3.session.Session().client(
            service, endpoint_url=self.endpoint, verify=self.ca, region_name=region,
            aws_access_key_id=access_key, aws_secret_access_key=secret_key, aws_session_token=token,
            config=botocore.config.Config(**config))

    def aws_environment(self, access_key=ROOT_ACCESS_KEY, secret_key=ROOT_SECRET_KEY, token=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MARTLET_"))}
        environment.update(AWS_ACCESS_KEY_ID=access_key, AWS_SECRET_ACCESS_KEY=secret_key, AWS_CA_BUNDLE=self.ca,
                           AWS_ENDPOINT_URL=self.endpoint, AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="",
                           AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null",
                           AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1")
        if token:
            environment["AWS_SESSION_TOKEN"] = token
        return environment

    def aws(self, *arguments, check=True, **keys):
        return subprocess.run(["aws", *arguments], env=self.aws_environment(**keys), check=check,
                              capture_output=True, text=True, timeout=300)


def at(seconds):
    """How to start a gateway whose wall clock is `seconds` ahead."""
    library, = pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    # The library must be loaded in a process before: in the first one Swift does not find its arguments.
    return {"environment": {"LD_PRELOAD": str(library), "FAKETIME": f"+{seconds}s", "DONT_FAKE_MONOTONIC": "1"},
            "wrapper": ["env"]}
