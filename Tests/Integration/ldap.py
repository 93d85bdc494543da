"""A real OpenLDAP server, changed while it runs, and logins as MinIO's clients make them."""

import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"
BASE = "dc=example,dc=test"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"


class Directory:
    def __init__(self, **environment):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-ldap."))
        self.environment = environment

    def __enter__(self):
        output = subprocess.run([RIGS / "ldap.sh", "start", self.folder], check=True, capture_output=True, text=True,
                                timeout=120, env=dict(os.environ, **self.environment)).stdout
        exports = dict(re.findall(r"export MARTLET_LDAP_(\w+)='(.*)'", output))
        self.port, self.tls_port, self.ca = int(exports["PORT"]), int(exports["TLS_PORT"]), exports["CA"]
        self.pid = int(exports["PID"])
        self.root_password = exports["ROOT_PASSWORD"]
        self.password_file = self.folder / "lookup-password"
        self.password_file.write_text(exports["LOOKUP_PASSWORD"] + "\n")
        self.password_file.chmod(0o600)
        self.again = None
        return self

    def __exit__(self, *_):
        self.resume()
        subprocess.run([RIGS / "ldap.sh", "stop", self.folder], check=True, capture_output=True, timeout=60)
        if self.again:
            self.again.kill()
            self.again.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, **changes):
        return {"servers": [f"ldaps://localhost:{self.tls_port}"], "ca_file": self.ca,
                "lookup_bind_dn": f"cn=lookup,ou=services,{BASE}", "lookup_bind_password_file": str(self.password_file),
                "user_bases": [f"ou=People, {BASE.upper()}"], "group_bases": [GROUPS], "group_depth": 4,
                "timeout": "2s", "refusal_interval": "200ms", "refresh_interval": "1s", "stale_max": "1h",
                "policies": [{"claim": "groups", "value": f"CN=Readers, {GROUPS}", "policies": ["readonly"]}],
                **changes}

    def root(self, command, *arguments, ldif=None):
        done = subprocess.run(
            [command, "-x", "-H", f"ldaps://localhost:{self.tls_port}", "-D", f"cn=root,{BASE}", "-w",
             self.root_password, *arguments], input=ldif, env=dict(os.environ, LDAPTLS_CACERT=self.ca), text=True,
            capture_output=True, timeout=20)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def modify(self, name, *lines):
        self.root("ldapmodify", "-e", "relax", ldif="\n".join([f"dn: {name}", "changetype: modify", *lines, ""]))

    def add_member(self, group, uid):
        self.modify(f"cn={group},{GROUPS}", "add: member", f"member: uid={uid},{PEOPLE}")

    def remove_member(self, group, uid):
        self.modify(f"cn={group},{GROUPS}", "delete: member", f"member: uid={uid},{PEOPLE}")

    def add_person(self, uid):
        self.root("ldapadd", ldif=f"dn: uid={uid},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n"
                                  f"userPassword: {uid}-pw-1\n")

    def remove_person(self, uid):
        self.root("ldapdelete", f"uid={uid},{PEOPLE}")

    def stop(self):
        """It hangs: connections are taken, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        if self.pid:
            os.kill(self.pid, signal.SIGCONT)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.pid = None

    def restart(self):
        self.again = subprocess.Popen(["bash", self.folder / "slapd.sh"], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.again.pid

    def binds(self):
        """How many passwords of people were tried."""
        return (self.folder / "log" / "slapd.log").read_text().count(' BIND dn="uid=')


class Refusal(Exception):
    pass


def login(gateway, username, password=None, where="body", source=None, timeout=30, **parameters):
    """AssumeRoleWithLDAPIdentity as MinIO's clients send it: unsigned; everything in the body, or in the query."""
    form = {"Action": "AssumeRoleWithLDAPIdentity", "Version": "2011-06-15", "LDAPUsername": username,
            "LDAPPassword": f"{username}-pw-1" if password is None else password, **parameters}
    text = urllib.parse.urlencode(form)
    url, body = (gateway.endpoint + "/?" + text, b"") if where == "query" else (gateway.endpoint + "/", text.encode())
    context = ssl.create_default_context(cafile=str(gateway.ca))
    opener = urllib.request.build_opener(_From(source, context))
    try:
        with opener.open(url, body, timeout=timeout) as answer:
            document = xml.etree.ElementTree.parse(answer).getroot()
    except urllib.error.HTTPError as error:
        document = xml.etree.ElementTree.parse(error).getroot()
        raise Refusal(error.code, document.find(".//{*}Code").text, document.find(".//{*}Message").text) from None
    assert document.tag == "{https://sts.amazonaws.com/doc/2011-06-15/}AssumeRoleWithLDAPIdentityResponse"
    return {element.tag.split("}")[1]: element.text for element in document.iter()}


class _From(urllib.request.HTTPSHandler):
    """Connections from an address of our choice: all of 127/8 is this machine."""

    def __init__(self, source, context):
        super().__init__(context=context)
        self.source = source

    def https_open(self, request):
        import http.client

        def connection(host, **arguments):
            arguments.pop("check_hostname", None)
            return http.client.HTTPSConnection(
                host, source_address=(self.source, 0) if self.source else None, **arguments)
        return self.do_open(connection, request, context=self._context)
