"""An etcd cluster for a test, and the settings of a gateway that keeps its identities there."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"


class Etcd:
    def __init__(self, **environment):
        self.folder = tempfile.mkdtemp(prefix="martlet-etcd.")
        output = subprocess.run([str(RIGS / "etcd.sh"), "start", self.folder], check=True, capture_output=True,
                                text=True, timeout=120, env={**os.environ, **environment}).stdout
        self.variables = dict(re.findall(r"^export MARTLET_ETCD_(\w+)='(.*)'$", output, re.MULTILINE))

    def settings(self):
        values = self.variables
        settings = {"type": "etcd", "endpoints": values["ENDPOINTS"].split(","), "request_timeout": "2s",
                    "connect_timeout": "1s"}
        for key, name in (("ca_file", "CA"), ("client_certificate_file", "CERT"), ("client_key_file", "KEY"),
                          ("username", "USERNAME"), ("password", "PASSWORD"), ("prefix", "PREFIX")):
            if name in values:
                settings[key] = values[name]
        return settings

    def kill(self, member):
        os.kill(int(self.variables[f"PID_{member}"]), signal.SIGKILL)

    def close(self):
        subprocess.run([str(RIGS / "etcd.sh"), "stop", self.folder], capture_output=True, timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)
