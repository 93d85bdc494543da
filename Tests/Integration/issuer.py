"""A scriptable OpenID Connect issuer on loopback, started by Tests/Rigs."""

import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import urllib.request

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"


class Issuer:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-issuer."))
        self.variables = {}

    def run(self, verb):
        return subprocess.run([str(RIGS / "issuer.sh"), verb, str(self.folder)], check=True, timeout=60,
                              capture_output=True, text=True, env=dict(os.environ))

    def __enter__(self):
        self.variables = dict(re.findall(r"^export MARTLET_ISSUER_(\w+)='(.*)'$", self.run("start").stdout, re.MULTILINE))
        self.context = ssl.create_default_context(cafile=self.variables["CA"])
        return self

    def __exit__(self, *_):
        try:
            self.run("stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        self.run("stop")

    @property
    def url(self):
        return self.variables["URL"]

    @property
    def ca(self):
        return self.variables["CA"]

    @property
    def host(self):
        return self.url.removeprefix("https://")

    def ask(self, verb, **body):
        request = urllib.request.Request(self.variables["CONTROL"] + verb, data=json.dumps(body).encode())
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)

    def token(self, **what):
        return self.ask("/mint", **what)["token"]

    def calls(self, path):
        return self.ask("/calls").get(path, 0)
