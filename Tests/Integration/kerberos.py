"""A real KDC, tickets of its users, and tokens as clients make them (through the system's GSSAPI library)."""

import base64
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"

MUTUAL, REPLAY, SEQUENCE, DCE_STYLE = 2, 4, 8, 0x1000


class _Buffer(ctypes.Structure):
    _fields_ = [("length", ctypes.c_size_t), ("value", ctypes.c_void_p)]

    @classmethod
    def of(cls, data):
        buffer = cls(len(data), ctypes.cast(ctypes.create_string_buffer(data, len(data)), ctypes.c_void_p))
        buffer.kept = data
        return buffer


class _OID(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint32), ("elements", ctypes.c_char_p)]


class _Bindings(ctypes.Structure):
    _fields_ = [("initiator_type", ctypes.c_uint32), ("initiator", _Buffer), ("acceptor_type", ctypes.c_uint32),
                ("acceptor", _Buffer), ("application", _Buffer)]


SPNEGO = _OID(6, b"\x2b\x06\x01\x05\x05\x02")
KRB5 = _OID(9, b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")
_PRINCIPAL = _OID(10, b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01")


class Kerberos:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-krb5."))
        self.ticket_count = 0

    def __enter__(self):
        output = subprocess.run([RIGS / "kerberos.sh", "start", self.folder], check=True, capture_output=True,
                                text=True, timeout=120).stdout
        exports = dict(re.findall(r"export (\w+)='(.*)'", output))
        self.config = exports["KRB5_CONFIG"]
        self.keytab = exports["MARTLET_KRB5_KEYTAB"]
        self.client_keytab = exports["MARTLET_KRB5_CLIENT_KEYTAB"]
        self.stale_keytab = exports["MARTLET_KRB5_STALE_KEYTAB"]
        self.kdc = int(exports["MARTLET_KRB5_KDC_PID"])
        # The library reads these when a context is made.
        os.environ["KRB5_CONFIG"] = self.config
        self.gssapi = ctypes.CDLL("libgssapi_krb5.so.2")
        return self

    def __exit__(self, *_):
        os.environ.pop("KRB5_CONFIG", None)
        os.environ.pop("KRB5CCNAME", None)
        subprocess.run([RIGS / "kerberos.sh", "stop", self.folder], check=True, capture_output=True, timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill_kdc(self):
        os.kill(self.kdc, signal.SIGKILL)

    def environment(self, tickets):
        """For curl and the like: nothing but these tickets."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "KRB5_CONFIG": self.config,
                "KRB5CCNAME": f"FILE:{tickets}"}

    def kinit(self, principal, *arguments, password=None):
        """Fresh tickets in a file of their own."""
        self.ticket_count += 1
        tickets = self.folder / f"tickets.{self.ticket_count}"
        password = password or re.split("[/@]", principal)[0] + "-pw-1"
        done = subprocess.run(["kinit", *arguments, principal], input=password + "\n", text=True,
                              env=self.environment(tickets), capture_output=True, timeout=20)
        assert done.returncode == 0, done.stderr
        return tickets

    def get(self, tickets, service):
        """The ticket for a service, into the file of tickets."""
        subprocess.run(["kvno", "-q", service], env=self.environment(tickets), check=True, capture_output=True,
                       timeout=20)

    def token(self, tickets, service="HTTP/localhost@EXAMPLE.TEST", mechanism=SPNEGO, flags=MUTUAL, binding=None):
        """What would stand behind `Negotiate`, as bytes."""
        os.environ["KRB5CCNAME"] = f"FILE:{tickets}"
        gss, minor = self.gssapi, ctypes.c_uint32()
        name, context = ctypes.c_void_p(), ctypes.c_void_p()
        text, output = _Buffer.of(service.encode()), _Buffer()
        major = gss.gss_import_name(ctypes.byref(minor), ctypes.byref(text), ctypes.byref(_PRINCIPAL),
                                    ctypes.byref(name))
        assert major == 0, hex(major)
        bindings = None
        if binding is not None:
            bindings = ctypes.byref(_Bindings(application=_Buffer.of(binding)))
        major = ctypes.c_uint32(gss.gss_init_sec_context(
            ctypes.byref(minor), None, ctypes.byref(context), name, ctypes.byref(mechanism), ctypes.c_uint32(flags),
            ctypes.c_uint32(0), bindings, None, None, ctypes.byref(output), None, None)).value
        assert major in (0, 1), self.status(major, minor.value)
        token = ctypes.string_at(output.value, output.length)
        gss.gss_release_buffer(ctypes.byref(minor), ctypes.byref(output))
        gss.gss_delete_sec_context(ctypes.byref(minor), ctypes.byref(context), None)
        gss.gss_release_name(ctypes.byref(minor), ctypes.byref(name))
        return token

    def status(self, major, code):
        minor, more, text = ctypes.c_uint32(), ctypes.c_uint32(), _Buffer()
        self.gssapi.gss_display_status(ctypes.byref(minor), ctypes.c_uint32(code), 2, None, ctypes.byref(more),
                                       ctypes.byref(text))
        return f"{major:#x}: {ctypes.string_at(text.value, text.length).decode()}"

    def header(self, tickets, *arguments, **more):
        return "Negotiate " + base64.b64encode(self.token(tickets, *arguments, **more)).decode()
