"""Logging in with name and password of a directory: a real OpenLDAP, changed and stopped while sessions live."""

import json
import os
import statistics
import subprocess
import threading
import time

import pytest
from botocore.exceptions import ClientError

from gateway import BINARY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from kerberos import Kerberos
from ldap import BASE, GROUPS, PEOPLE, Directory, Refusal, login
from own_actions import Refused, ask, credentials
from refusals import denied, refused

PROVIDER = f"arn:aws:iam::{ACCOUNT}:ldap-provider/corp"
IDENTITY = f"arn:aws:sts::{ACCOUNT}:federated-identity/corp/"


@pytest.fixture(scope="module")
def directory():
    with Directory() as running:
        yield running


def config(directory, others=None, **changes):
    home = policy(allow("s3:*", "arn:aws:s3:::data/home/${ldap:username}/*"))
    night = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*", "Condition": {
        "ForAnyValue:StringEquals": {"ldap:groups": f'cn=night\\, \\"late\\" (eu*),{GROUPS}'}}})
    admins = {"policies": ["readwrite"], "trust_policy": trust(
        {"Federated": PROVIDER}, {"ForAnyValue:StringEquals": {"ldap:groupNames": "admins"}},
        "sts:AssumeRoleWithLDAPIdentity")}
    settings = directory.settings(**changes)
    settings["policies"] = settings["policies"] + [
        {"claim": "groupNames", "value": "engineers", "policies": ["home"]}, {"claim": "username", "value": "phoenix", "policies": ["keys"]},
        {"claim": "user", "value": f"CN=Doe\\, Zo\\C3\\AB (ops*),{PEOPLE}", "policies": ["night"]}]
    return render(identities={"policies": {"keys": policy(allow("iam:*ServiceAccount", "*")), "home": home, "night": night}, "roles": {"admins": admins}},
                  ldap={"corp": settings, **(others or {})})


@pytest.fixture(scope="module")
def running(directory):
    with Gateway(config(directory)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "home/alice/k", "home/bob/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
        yield running


@pytest.fixture
def gateway(running, directory):
    yield running
    if running.config != config(directory):
        running.reload(config(directory))


def s3_of(gateway, found):
    return gateway.client(**credentials(found))


def reads(s3, key="k"):
    return s3.get_object(Bucket="data", Key=key)["Body"].read() == b"data"


def becomes(check, seconds=15):
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except (AssertionError, pytest.fail.Exception, ClientError, Refusal):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def is_over(s3):
    with refused("InvalidToken", "AccessDenied", "InvalidAccessKeyId", "ExpiredToken"):
        reads(s3)


# MARK: Who


@pytest.mark.parametrize("where", ["body", "query"])
def test_groups_give_policies(gateway, where):
    found = login(gateway, "alice", where=where)
    s3 = s3_of(gateway, found)
    assert reads(s3)
    s3.put_object(Bucket="data", Key="home/alice/k", Body=b"data")
    for key in ("k", "home/bob/k"):
        with denied():
            s3.put_object(Bucket="data", Key=key, Body=b"no")
    who = gateway.client("sts", **credentials(found)).get_caller_identity()
    assert who["Arn"] == f"{IDENTITY}uid=alice,{PEOPLE}" and who["UserId"].endswith(f":uid=alice,{PEOPLE}")
    # Known, and nothing for them.
    with pytest.raises(Refusal, match="AccessDenied"):
        login(gateway, "erin", where=where)


def test_a_session_policy_and_a_duration(gateway):
    found = login(gateway, "bob", Policy=json.dumps(policy(allow("s3:GetObject", "arn:aws:s3:::data/home/*"))),
                  DurationSeconds="900")
    s3 = s3_of(gateway, found)
    assert reads(s3, "home/bob/k")
    with denied():
        reads(s3)
    assert found["Expiration"] < login(gateway, "bob")["Expiration"]
    for parameters, code in [({"DurationSeconds": "1"}, "ValidationError"), ({"Policy": "{}"}, "MalformedPolicyDocument")]:
        with pytest.raises(Refusal, match=code):
            login(gateway, "bob", **parameters)


def test_nested_groups_give_a_role(gateway, directory):
    """Dave is an engineer, engineers are writers, writers are admins."""
    found = login(gateway, "dave", RoleArn=role_arn("admins"), RoleSessionName="dave")
    s3_of(gateway, found).put_object(Bucket="data", Key="k", Body=b"data")
    with pytest.raises(Refusal, match="AccessDenied"):
        login(gateway, "bob", RoleArn=role_arn("admins"), RoleSessionName="bob")
    # One level less than it takes.
    gateway.reload(config(directory, group_depth=1))
    with pytest.raises(Refusal, match="AccessDenied"):
        login(gateway, "dave", RoleArn=role_arn("admins"), RoleSessionName="dave")


def test_one_person_is_one_principal(gateway, directory):
    names = {gateway.client("sts", **credentials(login(gateway, spelling, "alice-pw-1"))).get_caller_identity()["Arn"]
             for spelling in ("alice", "ALICE", "Alice", " alice ")}
    assert names == {f"{IDENTITY}uid=alice,{PEOPLE}"}
    # Of whatever spelling, what policies read is the directory's.
    s3 = s3_of(gateway, login(gateway, "ALICE", "alice-pw-1"))
    s3.put_object(Bucket="data", Key="home/alice/k", Body=b"data")


def test_odd_names_and_passwords(gateway):
    found = login(gateway, "zoë*(ops)", "pä*ss)(\\,word")
    assert reads(s3_of(gateway, found))
    arn = gateway.client("sts", **credentials(found)).get_caller_identity()["Arn"]
    assert arn == f"{IDENTITY}cn=doe\\, zoë (ops*),{PEOPLE}"


# MARK: Who not


REFUSED = [
    ("alice", "wrong"), ("alice", "alice-pw-1 "), ("nobody", "nobody-pw-1"), ("twin", "twin-pw-1"),
    ("frank", "frank-pw-1"), ("grace", "grace-pw-1"), ("heidi", "heidi-pw-1"), ("ivan", "ivan-pw-1"),
    ("*", "alice-pw-1"), ("alice)(uid=*", "alice-pw-1"), ("ali*", "alice-pw-1"), ("alice\\2a", "alice-pw-1"),
    (f"uid=alice,{PEOPLE}", "alice-pw-1"), ("elsewhere", "elsewhere-pw-1"), ("lookup", "lookup-pw-1"),
    ("alice\n", "alice-pw-1"),
]


@pytest.mark.parametrize("username, password", REFUSED)
def test_refusals_are_all_alike(gateway, directory, username, password):
    # Twins are two only where both are looked for.
    gateway.reload(config(directory, user_bases=[BASE]))
    with pytest.raises(Refusal) as found:
        login(gateway, username, password)
    assert found.value.args == (403, "IDPRejectedClaim", "The identity provider rejected the claim.")
    login(gateway, "judy")


@pytest.mark.parametrize("username, password", [("alice", ""), ("", "alice-pw-1"), ("alice", "alice-pw-1\0"),
                                                ("alice\0", "alice-pw-1"), ("alice", "x" * 1025), ("x" * 257, "x")])
def test_what_cannot_be_asked(gateway, directory, username, password):
    """Above all, no empty password: to a server that means nobody, who is always welcome."""
    before = directory.binds()
    with pytest.raises(Refusal, match="ValidationError|InvalidURI"):
        login(gateway, username, password)
    assert directory.binds() == before
    login(gateway, "alice")
    assert directory.binds() > before


def test_time_says_nothing(gateway, directory):
    gateway.reload(config(directory, refusal_interval="300ms"))
    login(gateway, "judy")
    times = {name: [] for name in ("judy", "nobody", "ivan")}
    for round_ in range(12):
        for name, taken in times.items():
            start = time.monotonic()
            with pytest.raises(Refusal):
                # Each time from elsewhere, so that no one waits.
                login(gateway, name, "wrong", source=f"127.0.1.{round_ + 1}")
            taken.append(time.monotonic() - start)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    assert all(0.3 <= value < 0.5 for value in medians.values()), medians
    assert max(medians.values()) - min(medians.values()) < 0.05, medians


def test_guessing_is_slowed_down_and_locks_nobody_out(gateway, directory):
    directory.add_person("gus")
    directory.add_member("readers", "gus")
    for _ in range(5):
        with pytest.raises(Refusal):
            login(gateway, "gus", "wrong", source="127.0.2.1")
    before = directory.binds()
    # The right one, too early, is not even tried; nor in another spelling; from elsewhere it is.
    for spelling in ("gus", "GUS"):
        with pytest.raises(Refusal, match="IDPRejectedClaim"):
            login(gateway, spelling, "gus-pw-1", source="127.0.2.1")
    assert directory.binds() == before
    login(gateway, "gus", source="127.0.2.2")

    # Strangers with many addresses come to an end; who has come before is let in.
    strangers = [f"127.0.3.{number}" for number in range(1, 66)]
    for source in strangers:
        with pytest.raises(Refusal):
            login(gateway, "gus", "wrong", source=source)
    untried = 0
    for number in (1, 2, 3):
        before = directory.binds()
        with pytest.raises(Refusal):
            login(gateway, "gus", "wrong", source=f"127.0.4.{number}")
        untried += directory.binds() == before
    # One a few seconds is allowed all the same.
    assert untried >= 2
    login(gateway, "gus", source="127.0.2.2")


def test_passwords_and_names_are_written_nowhere(gateway):
    password = "alice-very-secret"
    for where in ("body", "query"):
        with pytest.raises(Refusal):
            login(gateway, "alice-typed-it-here", password, where=where)
        with pytest.raises(Refusal, match="ValidationError"):
            login(gateway, "alice-typed-it-here", password, where=where, DurationSeconds="1")
    found = login(gateway, "alice")
    gateway.client("sts", **credentials(found)).get_caller_identity()
    becomes(lambda: check_line(gateway))
    written = json.dumps(gateway.audit_lines()) + "".join(gateway.log)
    for secret in (password, "alice-typed-it-here", "alice-pw-1", found["SecretAccessKey"], "LDAPPassword"):
        assert secret not in written


def check_line(gateway):
    [*_, line] = [line for line in gateway.audit_lines() if line.get("operation") == "AssumeRoleWithLDAPIdentity"
                  and line["status"] == 200]
    assert PROVIDER in json.dumps(line) and f"uid=alice,{PEOPLE}" in json.dumps(line)


@pytest.mark.parametrize("key", ["user_bases", "group_bases"])
def test_a_base_that_is_not_there_is_no_empty_one(gateway, directory, key):
    """Who is in a group that policies deny must not come in as somebody without groups."""
    gateway.reload(config(directory, **{key: [f"ou=nowhere,{BASE}"]}))
    with pytest.raises(Refusal, match="IDPCommunicationError"):
        login(gateway, "alice")
    gateway.reload(config(directory))
    login(gateway, "alice")


# MARK: Living sessions


def test_who_leaves_a_group_loses_what_it_gave(gateway, directory):
    directory.add_person("leaver")
    directory.add_member("readers", "leaver")
    s3 = s3_of(gateway, login(gateway, "leaver"))
    assert reads(s3)
    directory.remove_member("readers", "leaver")
    becomes(lambda: is_over(s3))
    directory.add_member("readers", "leaver")
    # The session itself is as good as before.
    becomes(lambda: reads(s3))


@pytest.mark.parametrize("lines", [
    ["add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"],
    ["add: objectClass", "objectClass: exampleAccount", "-", "add: userAccountControl", "userAccountControl: 514"],
])
def test_locked_accounts_end_sessions(gateway, directory, lines):
    directory.add_person("locked")
    directory.add_member("readers", "locked")
    try:
        s3, other = s3_of(gateway, login(gateway, "locked")), s3_of(gateway, login(gateway, "alice"))
        assert reads(s3)
        directory.modify(f"uid=locked,{PEOPLE}", *lines)
        becomes(lambda: is_over(s3))
        assert reads(other)
    finally:
        directory.remove_person("locked")


def test_a_name_made_anew_inherits_nothing(gateway, directory):
    directory.add_person("phoenix")
    directory.add_member("readers", "phoenix")
    found = login(gateway, "phoenix")
    s3 = s3_of(gateway, found)
    account = ask(gateway, "CreateServiceAccount", **credentials(found))["ServiceAccount"]
    service = s3_of(gateway, account)
    assert reads(s3) and reads(service)
    # Living with the directory, it need not end.
    assert "Expiration" not in account
    directory.remove_person("phoenix")
    becomes(lambda: is_over(s3))
    becomes(lambda: is_over(service))
    directory.add_person("phoenix")
    directory.add_member("readers", "phoenix")
    new = s3_of(gateway, login(gateway, "phoenix"))
    assert reads(new)
    time.sleep(2.5)
    assert reads(new)
    is_over(s3)
    is_over(service)


def test_standings_outlive_reloads(gateway, directory):
    directory.add_person("mover")
    directory.add_member("readers", "mover")
    s3 = s3_of(gateway, login(gateway, "mover"))
    directory.remove_person("mover")
    becomes(lambda: is_over(s3))
    gateway.reload(config(directory, refresh_interval="10m"))
    is_over(s3)
    time.sleep(1.5)
    is_over(s3)


# MARK: Outages


def test_a_directory_that_is_away(directory):
    with Directory() as own, Gateway(config(own, stale_max="4s")) as gateway:
        s3 = gateway.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        living = s3_of(gateway, login(gateway, "alice"))
        own.kill()
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            login(gateway, "alice")
        # The last answer holds for a while, and then no more.
        assert reads(living)
        time.sleep(4)
        is_over(living)
        assert reads(s3)
        own.restart()
        becomes(lambda: reads(living))
        assert reads(s3_of(gateway, login(gateway, "alice")))


def test_answers_outlive_a_restart(tmp_path):
    """A node that starts while the directory is away knows what it said last."""
    with Directory() as own:
        text = config(own)
        with Gateway(text, folder=tmp_path) as gateway:
            s3 = gateway.client()
            s3.create_bucket(Bucket="data")
            s3.put_object(Bucket="data", Key="k", Body=b"data")
            own.add_person("phoenix")
            for uid in ("phoenix", "carol"):
                own.add_member("readers", uid)
            found, lost = login(gateway, "phoenix"), login(gateway, "carol")
            account = ask(gateway, "CreateServiceAccount", **credentials(found))["ServiceAccount"]
            own.modify(f"uid=carol,{PEOPLE}", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
            becomes(lambda: is_over(s3_of(gateway, lost)))
            kept = gateway.data / "standings.json"
            assert kept.stat().st_mode & 0o777 == 0o600 and "phoenix" in kept.read_text()
        own.kill()
        with Gateway(text, folder=tmp_path) as gateway:
            assert reads(s3_of(gateway, account)) and reads(s3_of(gateway, found))
            is_over(s3_of(gateway, lost))
        # What is too old holds no more, restarted or not.
        with Gateway(config(own, refresh_interval="1s", stale_max="2s"), folder=tmp_path) as gateway:
            becomes(lambda: is_over(s3_of(gateway, account)), 5)


def test_a_directory_that_hangs_holds_up_nobody_else(directory):
    with Directory() as own, Gateway(config(own, timeout="1s")) as gateway:
        s3 = gateway.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        living = s3_of(gateway, login(gateway, "alice"))

        def measure():
            taken = []
            for _ in range(300):
                start = time.monotonic()
                assert reads(living)
                taken.append(time.monotonic() - start)
            return sorted(taken)[-3]

        quiet = min(measure(), measure())
        own.stop()
        outcomes = []

        def stall():
            start = time.monotonic()
            try:
                login(gateway, "alice")
                outcomes.append("in")
            except Refusal as refusal:
                outcomes.append((refusal.args[1], time.monotonic() - start))

        threads = [threading.Thread(target=stall) for _ in range(20)]
        for thread in threads:
            thread.start()
        busy = measure()
        for thread in threads:
            thread.join(20)
        assert len(outcomes) == 20 and all(code == "IDPCommunicationError" and taken < 8 for code, taken in outcomes)
        # Twenty clients in this very process come on top.
        assert busy < max(3 * quiet, 0.05), (quiet, busy)
        own.resume()
        becomes(lambda: login(gateway, "alice"))


def test_another_server_takes_over(gateway, directory):
    with Directory() as own:
        both = [f"ldaps://localhost:{own.tls_port}", f"ldap://localhost:{directory.port}"]
        ca = own.folder / "both.pem"
        ca.write_text(open(own.ca).read() + open(directory.ca).read())
        gateway.reload(config(directory, servers=both, ca_file=str(ca)))
        own.password_file.write_text(directory.password_file.read_text())
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            login(gateway, "alice")  # its look-up account has another password: that is no outage
        own.kill()
        login(gateway, "alice")


@pytest.mark.parametrize("changes, works", [
    ({"servers": "starttls"}, True), ({"servers": "starttls", "ca_file": "other"}, False), ({"ca_file": "other"}, False),
    ({"servers": "plain", "plaintext": True}, True), ({"servers": "address"}, True), ({"servers": "other name"}, False),
], ids=str)
def test_servers_prove_who_they_are(gateway, directory, changes, works):
    servers = {"starttls": f"ldap://localhost:{directory.port}", "plain": f"ldap://localhost:{directory.port}",
               "address": f"ldaps://127.0.0.1:{directory.tls_port}",
               "other name": f"ldaps://127.0.0.2:{directory.tls_port}"}
    changes = dict(changes)
    if "servers" in changes:
        changes["servers"] = [servers[changes["servers"]]]
    if "ca_file" in changes:
        changes["ca_file"] = str(gateway.ca)
    before = len(gateway.log)
    gateway.reload(config(directory, **changes))
    if works:
        login(gateway, "alice")
    else:
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            login(gateway, "alice")
    assert any("in the clear" in line for line in gateway.log[before:]) == bool(changes.get("plaintext"))


def test_who_looks_people_up_comes_by_ticket():
    with Kerberos() as kerberos, Directory(KRB5_KTNAME=kerberos.keytab) as own:
        settings = own.settings(lookup_principal="martlet@EXAMPLE.TEST", lookup_keytab_file=kerberos.client_keytab)
        del settings["lookup_bind_dn"], settings["lookup_bind_password_file"]
        # The library's own files are nobody's: neither a cache of tickets nor a keytab stands ready.
        environment = {"KRB5_CONFIG": kerberos.config, "KRB5CCNAME": "FILE:/nonexistent", "KRB5_CLIENT_KTNAME": "/none"}
        for servers in ([f"ldaps://localhost:{own.tls_port}"], [f"ldap://localhost:{own.port}"]):
            settings["servers"] = servers
            with Gateway(render(ldap={"corp": settings}), environment=environment) as gateway:
                login(gateway, "alice")
                with pytest.raises(Refusal, match="IDPRejectedClaim"):
                    login(gateway, "alice", "wrong")
        stranger = settings | {"lookup_principal": "nobody@EXAMPLE.TEST"}
        with Gateway(render(ldap={"corp": stranger}), environment=environment) as gateway:
            with pytest.raises(Refusal, match="IDPCommunicationError"):
                login(gateway, "alice")


# MARK: Several


def test_directories_in_order(gateway, directory):
    with Directory() as other:
        other.add_person("only-there")
        other.add_member("readers", "only-there")
        gateway.reload(config(directory, {"partners": other.settings()}))
        found = login(gateway, "only-there")
        arn = gateway.client("sts", **credentials(found)).get_caller_identity()["Arn"]
        assert arn == f"arn:aws:sts::{ACCOUNT}:federated-identity/partners/uid=only-there,{PEOPLE}"
        # The first that knows the name decides.
        assert "/corp/" in gateway.client("sts", **credentials(login(gateway, "alice"))).get_caller_identity()["Arn"]
        named = login(gateway, "alice", ProviderId="partners")
        assert "/partners/" in gateway.client("sts", **credentials(named)).get_caller_identity()["Arn"]
        for provider in ("corp", "unknown"):
            with pytest.raises(Refusal, match="IDPRejectedClaim"):
                login(gateway, "only-there", ProviderId=provider)


# MARK: The program


def test_martlet_login(gateway, tmp_path):
    """With keys that `aws` takes from the program, and takes anew when they end."""
    base = [str(BINARY), "login", "--ldap", "--user", "alice", "--password-stdin", "--endpoint-url", gateway.endpoint,
            "--ca-file", str(gateway.ca)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(password):
        return subprocess.run(base, input=password + "\n", env=environment, capture_output=True, text=True, timeout=30)

    wrong = run("wrong")
    assert wrong.returncode != 0 and "IDPRejectedClaim" in wrong.stderr and "wrong" not in wrong.stdout
    found = json.loads(run("alice-pw-1").stdout)
    keys = {"access_key": found["AccessKeyId"], "secret_key": found["SecretAccessKey"], "token": found["SessionToken"]}
    assert found["Version"] == 1 and reads(gateway.client(**keys))
    cached = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert cached and all(path.stat().st_mode & 0o777 == 0o600 for path in cached)
    assert all("alice-pw-1" not in path.read_text() for path in cached)
