"""The policy bundle in the running gateway: modes, reload, obligations, tags, audit."""

import json
import pathlib
import time

import botocore.exceptions
import pytest

from gateway import Gateway, ROOT

MODULE = "package martlet.authz\n\n"
NO_DENIAL = "deny contains input.service if false\n"

SETTINGS = """
authorization:
  rego: {mode}
  policies: {folder}
identities:
  users:
    alice:
      access_keys: [{{id: AKIAEXAMPLEALICE0001, secret: alice-secret-key-0123456789-abcdefghij}}]
      policies: [{policy}]
"""


def write(folder, **modules):
    folder.mkdir(exist_ok=True)
    for name, text in modules.items():
        (folder / f"{name}.rego").write_text(text)


def gateway(tmp_path, module, mode="restrict", policy="readwrite", environment=None):
    folder = tmp_path / "bundle"
    write(folder, authz=MODULE + module)
    return Gateway(SETTINGS.format(mode=mode, folder=folder, policy=policy), environment=environment or {})


def alice(server):
    return server.client("s3", access_key="AKIAEXAMPLEALICE0001", secret_key="alice-secret-key-0123456789-abcdefghij")


def code(call, **arguments):
    try:
        call(**arguments)
        return "allowed"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def audit(server, operation):
    """The last audit line of an operation."""
    path = server.data / "audit.jsonl"
    for _ in range(50):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        found = [line for line in lines if line.get("operation") == operation]
        if found:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f"no audit line of {operation}")


def test_restrict_denies_and_names_the_rule(tmp_path):
    module = 'deny contains "frozen" if {\n\tinput.action == "s3:PutObject"\n\tinput.object.key == "frozen"\n}\n'
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="free", Body=b"x") == "allowed"
        assert code(s3.put_object, Bucket="data", Key="frozen", Body=b"x") == "AccessDenied"
        line = audit(server, "PutObject")
        assert line["decision"] == "denied"
        assert line["rule"] == {"path": "data.martlet.authz.deny", "file": "authz.rego", "line": 3}


@pytest.mark.parametrize("mode,expected", [("restrict", "AccessDenied"), ("grant", "allowed"), ("decide", "allowed")])
def test_allow_counts_by_mode(tmp_path, mode, expected):
    module = 'allow if input.principal.name == "alice"\n\ndeny contains input.service if false\n'
    with gateway(tmp_path, module, mode=mode, policy="readonly") as server:
        # With `decide` nobody is allowed but by the rule, not even root.
        (alice(server) if mode == "decide" else server.client("s3")).create_bucket(Bucket="data")
        assert code(alice(server).put_object, Bucket="data", Key="a", Body=b"x") == expected


def test_decide_denies_what_iam_alone_allows(tmp_path):
    with gateway(tmp_path, "default allow := false\n", mode="decide") as server:
        assert code(alice(server).create_bucket, Bucket="data") == "AccessDenied"
        assert code(server.client("s3").create_bucket, Bucket="data") == "AccessDenied"


def test_changed_bundle_is_taken_and_broken_one_refused_whole(tmp_path):
    with gateway(tmp_path, "deny contains input.service if false\n",
                 environment={"MARTLET_TLS_RELOAD_INTERVAL": "1s"}) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "allowed"

        def becomes(expected, name):
            end = time.monotonic() + 15
            while time.monotonic() < end:
                if code(s3.put_object, Bucket="data", Key="a", Body=b"x") == expected:
                    return
                time.sleep(0.2)
            raise AssertionError(f"{name}: still not {expected}\n" + "\n".join(server.log[-10:]))

        write(tmp_path / "bundle", authz=MODULE + 'deny contains "no" if input.action == "s3:PutObject"\n')
        becomes("AccessDenied", "new rule")
        write(tmp_path / "bundle", more="package more\n\nx := y\n", authz=MODULE + NO_DENIAL)
        end = time.monotonic() + 15
        while not any("var y is unsafe" in line for line in server.log) and time.monotonic() < end:
            time.sleep(0.1)
        assert any("var y is unsafe" in line for line in server.log)
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        (tmp_path / "bundle" / "more.rego").unlink()
        becomes("allowed", "mended")


@pytest.mark.parametrize("module", ["x := y\n", "x := http.send({})\n", "x if\n"])
def test_does_not_start_with_a_bundle_that_is_refused(tmp_path, module):
    with pytest.raises(RuntimeError) as error:
        with gateway(tmp_path, module):
            pass
    assert "authz.rego" in str(error.value)


@pytest.mark.parametrize("mode", ["grant", "decide"])
def test_does_not_start_without_a_bundle_that_is_to_allow(tmp_path, mode):
    with pytest.raises(RuntimeError):
        with Gateway(f"authorization: {{rego: {mode}, policies: {tmp_path}/nowhere}}\n"):
            pass


def test_object_tags_are_fetched_for_rules_that_read_them(tmp_path):
    module = 'deny contains "secret" if {\n\tinput.action == "s3:GetObject"\n\tinput.object.tags.level == "secret"\n}\n'
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="open", Body=b"x", Tagging="level=public")
        s3.put_object(Bucket="data", Key="closed", Body=b"x", Tagging="level=secret")
        assert code(s3.get_object, Bucket="data", Key="open") == "allowed"
        assert code(s3.get_object, Bucket="data", Key="closed") == "AccessDenied"


def test_obligations(tmp_path):
    module = """
obligations := {"max_bytes": 10, "audit_tags": {"case": "7"}, "response_headers": {"X-Reviewed": "yes"}} if {
	input.bucket == "data"
	input.action in {"s3:PutObject", "s3:GetObject"}
}

obligations := {"list_prefixes": ["home/"]} if input.action == "s3:ListBucket"
"""
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="home/a", Body=b"x" * 10) == "allowed"
        assert code(s3.put_object, Bucket="data", Key="home/b", Body=b"x" * 11) == "EntityTooLarge"
        answer = s3.get_object(Bucket="data", Key="home/a")
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-reviewed"] == "yes"
        assert audit(server, "GetObject")["tags"] == [{"name": "case", "value": "7"}]
        assert code(s3.list_objects_v2, Bucket="data", Prefix="home/") == "allowed"
        assert code(s3.list_objects_v2, Bucket="data", Prefix="") == "AccessDenied"


def test_sts_is_decided_too(tmp_path):
    module = 'deny contains "no sessions" if input.action == "sts:GetFederationToken"\n'
    with gateway(tmp_path, module) as server:
        sts = server.client("sts")
        assert code(sts.get_federation_token, Name="guest", Policy="{}") in ("AccessDenied", "AccessDeniedException")
        assert code(sts.get_caller_identity) == "allowed"


def test_bulk_delete_decides_each_key(tmp_path):
    module = 'deny contains "kept" if {\n\tinput.action == "s3:DeleteObject"\n\tstartswith(input.object.key, "keep/")\n}\n'
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        for key in ("keep/a", "drop/b"):
            s3.put_object(Bucket="data", Key=key, Body=b"x")
        answer = s3.delete_objects(Bucket="data", Delete={"Objects": [{"Key": "keep/a"}, {"Key": "drop/b"}]})
        assert [entry["Key"] for entry in answer["Deleted"]] == ["drop/b"]
        assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("keep/a", "AccessDenied")]


def test_the_bundle_that_ships_changes_nothing_until_it_has_data(tmp_path):
    settings = SETTINGS.format(mode="restrict", folder=ROOT / "policies", policy="readwrite")
    with Gateway(settings) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "allowed"
        assert code(s3.delete_object, Bucket="data", Key="a") == "allowed"


def test_the_bundle_that_ships_freezes_buckets(tmp_path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "martlet").symlink_to(ROOT / "policies/martlet")
    (folder / "data.yaml").write_text("access:\n  freeze: {buckets: ['ledger-*'], reason: audit}\n")
    with Gateway(SETTINGS.format(mode="restrict", folder=folder, policy="readwrite")) as server:
        s3 = alice(server)
        assert code(s3.create_bucket, Bucket="data") == "allowed"
        assert code(s3.create_bucket, Bucket="ledger-1") == "AccessDenied"
        assert pathlib.Path(server.data / "audit.jsonl").exists()


def test_a_bundle_that_disappears_stays_in_force(tmp_path):
    """Also the default one, which need not be there at the start."""
    folder = tmp_path / "policies"
    write(folder, authz=MODULE + 'deny contains "no" if input.action == "s3:PutObject"\n')
    with Gateway("", wrapper=["env", "-C", str(tmp_path)],
                 environment={"MARTLET_TLS_RELOAD_INTERVAL": "1s"}) as server:
        s3 = server.client("s3")
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        folder.rename(tmp_path / "elsewhere")
        server.await_log("the policy bundle stays as it was")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        write(folder, authz=MODULE + "deny contains input.service if false\n")
        server.await_log("policy bundle reloaded")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "allowed"
