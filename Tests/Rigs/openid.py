#!/usr/bin/env python3
"""Drives the server of openid.sh, which exports what this reads (OPENID_BASE, OPENID_CA, OPENID_STATE).

setup SECONDS, once: keys, scopes, users, clients; code USER CLIENT: a token response, as a browser gets it (PKCE);
password USER CLIENT; client CLIENT; device USER CLIENT URL; rotate [--drop-old]: a new signing key of each kind.
"""

import base64
import hashlib
import http.cookiejar
import json
import os
import secrets
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

BASE, STATE = os.environ["OPENID_BASE"], os.environ["OPENID_STATE"]
PLUGIN = BASE + "/api/oidc"
REDIRECT = "https://localhost:18443/callback"
KINDS = {"rs": "RS256", "es": "ES256", "ed": "EdDSA", "ps": "PS256"}
USERS = {  # name: groups, policy, enabled
    "alice": (["readers", "engineers"], ["readwrite"], True),
    "bob": (["readers"], ["readonly"], True),
    "carol": (["writers"], ["readwrite", "diagnostics"], True),
    "erin": ([], [], True),
    "zoë": (["night, \"late\" (eu*)"], ["readonly"], True),
    "frank": (["admins"], ["consoleAdmin"], False),
}


class Browser:
    """Cookies, our CA only, and no following of redirects."""

    def __init__(self):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["OPENID_CA"])),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.ProxyHandler({}), Stay())

    def ask(self, method, url, body=None, form=None, headers=None):
        headers = dict(headers or {})
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=15) as r:
                return r.status, r.headers, r.read()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read()

    def ok(self, method, url, **kw):
        status, headers, data = self.ask(method, url, **kw)
        if status >= 400:
            raise SystemExit(f"{method} {url}: {status} {data.decode(errors='replace')[:300]}")
        return json.loads(data) if data.strip() else {}


def state():
    with open(STATE) as f:
        return json.load(f)


def save(s):
    with open(STATE, "w") as f:
        json.dump(s, f, indent=1)


ROOT = None


def admin(method, path, body=None, password=None):
    """The administration API takes the session cookie of the administrator."""
    global ROOT
    if ROOT is None:
        ROOT = Browser()
        ROOT.ok("POST", BASE + "/api/auth", body={"username": "admin", "password": password or state()["admin_password"]})
    return ROOT.ok(method, BASE + "/api" + path, body=body)


def text(number, length=None):
    if isinstance(number, int):
        number = number.to_bytes(length or (number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


def private_key(kind):
    """RFC 7518 section 6, RFC 8037."""
    if kind == "es":
        key = ec.generate_private_key(ec.SECP256R1()).private_numbers()
        point = key.public_numbers
        return {"kty": "EC", "crv": "P-256", "x": text(point.x, 32), "y": text(point.y, 32),
                "d": text(key.private_value, 32)}
    if kind == "ed":
        key = ed25519.Ed25519PrivateKey.generate()
        return {"kty": "OKP", "crv": "Ed25519", "x": text(key.public_key().public_bytes_raw()),
                "d": text(key.private_bytes_raw())}
    key = rsa.generate_private_key(65537, 2048).private_numbers()
    return {"kty": "RSA", "n": text(key.public_numbers.n), "e": text(key.public_numbers.e), "d": text(key.d),
            "p": text(key.p), "q": text(key.q), "dp": text(key.dmp1), "dq": text(key.dmq1), "qi": text(key.iqmp)}


def new_keys(generation):
    return [{**private_key(kind), "kid": f"{kind}-{generation}", "alg": algorithm, "use": "sig"}
            for kind, algorithm in KINDS.items()]


def setup(seconds):
    s = {"generation": 1, "keys": new_keys(1), "clients": {}, "seconds": seconds}
    s["admin_password"] = "admin-" + secrets.token_hex(8)
    save(s)
    admin("PUT", "/user/admin", {"name": "The Administrator", "email": "", "enabled": True,
                                 "password": s["admin_password"], "scope": ["g_admin", "g_profile"]}, password="password")
    for kind, extra in (("user", {"groups": True, "policy": True}), ("client", {"sign_kid": False})):
        module = admin("GET", f"/mod/{kind}/database")
        for name, multiple in extra.items():
            module["parameters"]["data-format"][name] = {"multiple": multiple, "read": True, "write": True,
                                                         "profile-read": True, "profile-write": False}
        admin("PUT", f"/mod/{kind}/database", module)
        admin("PUT", f"/mod/{kind}/database/reset")
    for scope in ("s3", "groups", "policy", "offline_access"):
        admin("POST", "/scope/", {"name": scope, "display_name": scope, "description": scope,
                                  "password_required": False, "password_max_age": 0, "scheme": {}})
    scopes = ["openid", "s3", "groups", "policy", "offline_access", "g_profile"]
    for name, (groups, policy, enabled) in USERS.items():
        admin("POST", "/user/", {"username": name, "name": name.title(), "email": f"{name}@example.test",
                                 "enabled": enabled, "password": f"{name}-pw-1", "scope": scopes,
                                 "groups": groups, "policy": policy})
    for client, kid, confidential in (("gateway", "rs", True), ("gateway-es", "es", True), ("gateway-ed", "ed", True),
                                      ("gateway-ps", "ps", True), ("spa", "rs", False)):
        secret = "secret-" + secrets.token_hex(12)
        s["clients"][client] = {"secret": secret if confidential else None, "kind": kid}
        body = {"client_id": client, "name": client, "confidential": confidential, "enabled": True,
                "redirect_uri": [REDIRECT], "scope": ["s3", "groups", "policy"], "sign_kid": f"{kid}-1",
                "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"] if confidential else ["none"],
                "authorization_type": ["code", "refresh_token", "device_authorization"] + (["password", "client_credentials"] if confidential else [])}
        if confidential:
            body["password"] = secret
            body["client_secret"] = secret
        admin("POST", "/client/", body)
    save(s)
    admin("POST", "/mod/plugin/", plugin(s))


def plugin(s):
    claim = lambda name: {"name": name, "user-property": name, "type": "string", "mandatory": True, "scope": []}
    return {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": {
        "iss": PLUGIN, "subject-type": "public", "jwks-private": json.dumps({"keys": s["keys"]}),
        "default-kid": s["keys"][0]["kid"], "client-sign_kid-parameter": "sign_kid",
        "access-token-duration": s["seconds"], "refresh-token-duration": 86400, "code-duration": 60,
        "refresh-token-rolling": True, "refresh-token-one-use": "always", "allow-non-oidc": True,
        "auth-type-code-enabled": True, "auth-type-code-revoke-replayed": True, "auth-type-token-enabled": False,
        "auth-type-id-token-enabled": True, "auth-type-none-enabled": False, "auth-type-password-enabled": True,
        "auth-type-client-enabled": True, "auth-type-refresh-enabled": True, "auth-type-device-enabled": True,
        "device-authorization-expiration": 600, "device-authorization-interval": 1,
        "jwks-show": True, "pkce-allowed": True, "pkce-method-plain-allowed": False,
        "introspection-revocation-allowed": True, "introspection-revocation-auth-scope": [],
        "introspection-revocation-allow-target-client": True,
        "allowed-scope": ["openid", "s3", "groups", "policy"],
        "name-claim": "mandatory", "email-claim": "mandatory", "scope-claim": "mandatory",
        "claims": [claim("groups"), claim("policy"), {**claim("preferred_username"), "user-property": "username"}],
        "additional-parameters": [{"user-parameter": "groups", "token-parameter": "groups"},
                                  {"user-parameter": "policy", "token-parameter": "policy"},
                                  {"user-parameter": "username", "token-parameter": "preferred_username"}],
        "session-management-allowed": True, "session-cookie-name": "GLEWLWYD2_OIDC_SID", "session-cookie-expiration": 86400,
        "oauth-par-allowed": True, "oauth-par-duration": 90, "oauth-par-request_uri-prefix": "urn:example:",
        "oauth-dpop-allowed": True, "oauth-dpop-iat-duration": 60,
    }}


def rotate(drop_old=False):
    s = state()
    s["generation"] += 1
    s["keys"] = new_keys(s["generation"]) + ([] if drop_old else s["keys"])
    save(s)
    admin("PUT", "/mod/plugin/oidc", plugin(s))
    for client, c in s["clients"].items():
        body = admin("GET", f"/client/{client}")
        body["sign_kid"] = f"{c['kind']}-{s['generation']}"
        admin("PUT", f"/client/{client}", body)
    admin("PUT", "/mod/plugin/oidc/reset")
    return [k["kid"] for k in s["keys"]]


def token(form, client):
    secret = state()["clients"][client]["secret"]
    headers = {}
    if secret:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
    else:
        form["client_id"] = client
    return Browser().ok("POST", PLUGIN + "/token", form=form, headers=headers)


def password(user, client="gateway"):
    return token({"grant_type": "password", "username": user, "password": user + "-pw-1",
                  "scope": "openid s3 groups policy"}, client)


def code(user, client="gateway"):
    b, verifier = Browser(), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    b.ok("POST", BASE + "/api/auth", body={"username": user, "password": user + "-pw-1"})
    b.ok("PUT", BASE + f"/api/auth/grant/{client}", body={"scope": "openid s3 groups policy"})
    query = {"response_type": "code", "client_id": client, "redirect_uri": REDIRECT, "scope": "openid s3 groups policy",
             "state": secrets.token_hex(8), "nonce": secrets.token_hex(8), "g_continue": "",
             "code_challenge": challenge, "code_challenge_method": "S256"}
    status, headers, data = b.ask("GET", PLUGIN + "/auth?" + urllib.parse.urlencode(query))
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers.get("Location", "")).query))
    if "code" not in answer:
        raise SystemExit(f"no code: {status} {headers.get('Location')} {data[:200]}")
    return token({"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT,
                  "code_verifier": verifier}, client)


def device(user, client, url):
    """What somebody does with the address that a device shows them."""
    b = Browser()
    b.ok("POST", BASE + "/api/auth", body={"username": user, "password": user + "-pw-1"})
    b.ok("PUT", BASE + f"/api/auth/grant/{client}", body={"scope": "openid s3 groups policy"})
    b.ask("GET", url)
    _, headers, _ = b.ask("GET", url + "&g_continue")
    return headers.get("Location", "").endswith("deviceComplete")


def client_credentials(client="gateway"):
    return token({"grant_type": "client_credentials", "scope": "s3 policy"}, client)


def main():
    verb, *rest = sys.argv[1:]
    verbs = {"setup": lambda seconds: setup(int(seconds)), "rotate": lambda *rest: rotate("--drop-old" in rest),
             "code": code, "password": password, "client": client_credentials,
             "device": device}
    print(json.dumps(verbs[verb](*rest), ensure_ascii=False))


main()
