"""`martlet policy …`: OPA's flags, output and exit codes."""
import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree as xml

import pytest

from gateway import BINARY, ROOT

AUTHZ = """package authz

default allow := false

allow if input.user == "alice"

allow if {
	input.admin
	not blocked
}

blocked if input.user == "mallory"
"""

TESTS = """package authz_test

import data.authz

test_alice if authz.allow with input as {"user": "alice"}

test_nobody if not authz.allow with input as {}

todo_test_later if false
"""


def policy(*arguments, stdin=None, exit_code=0, cwd=None, environment=None):
    done = subprocess.run(
        [str(BINARY), "policy", *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=120,
        cwd=cwd, env={**os.environ, **(environment or {})})
    assert done.returncode == exit_code, done.stdout + done.stderr
    return done


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "authz.rego").write_text(AUTHZ)
    (tmp_path / "authz_test.rego").write_text(TESTS)
    return tmp_path


def test_eval_json():
    answer = json.loads(policy("eval", "x := [1, 2][_]; x > 1").stdout)
    location = {"row": 1, "col": 1}
    assert [row["bindings"] for row in answer["result"]] == [{"x": 1}, {"x": 2}]
    assert answer["result"][0]["expressions"][0] == {"value": True, "text": "x := [1, 2][_]", "location": location}
    assert [row["expressions"][1]["value"] for row in answer["result"]] == [False, True]


def test_eval_input_and_data(folder):
    (folder / "input.json").write_text('{"user": "alice"}')
    query = ("eval", "-d", folder / "authz.rego", "-f", "raw", "data.authz.allow")
    assert policy(*query, "-i", folder / "input.json").stdout == "true\n"
    assert policy(*query, "-I", stdin='{"user": "bob"}').stdout == "false\n"
    assert policy("eval", "-b", folder, "-f", "raw", "--package", "authz", "allow").stdout == "false\n"
    assert policy("eval", "-b", folder, "-f", "raw", "--import", "data.authz as a", "a.allow").stdout == "false\n"


def test_eval_folder_of_documents(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "names.yaml").write_text("names: [north, south]\n")
    assert policy("eval", "-d", tmp_path, "-f", "raw", "data.site.names[1]").stdout == "south\n"


@pytest.mark.parametrize("form, printed", [
    ("pretty", '+---+-----+\n| x |  y  |\n+---+-----+\n| 1 | "a" |\n+---+-----+\n'),
    ("values", "[\n  true,\n  true\n]\n"),
    ("bindings", '{\n  "x": 1,\n  "y": "a"\n}\n'),
    ("raw", "true true\n"),
])
def test_eval_formats(form, printed):
    assert policy("eval", "-f", form, 'x := 1; y := "a"').stdout == printed


def test_eval_undefined():
    assert policy("eval", "data.none").stdout == "{}\n"
    assert policy("eval", "-f", "pretty", "data.none").stdout == "undefined\n"
    policy("eval", "--fail", "data.none", exit_code=1)
    policy("eval", "--fail", "1", exit_code=0)
    policy("eval", "--fail-defined", "1", exit_code=1)
    policy("eval", "--fail-defined", "data.none", exit_code=0)


@pytest.mark.parametrize("query, code", [
    ("x >", "rego_parse_error"), ("x > 1", "rego_unsafe_var_error"), ("nothing(1)", "rego_type_error"),
    ('http.send({"method": "get", "url": "http://127.0.0.1"})', "eval_builtin_error"),
])
def test_eval_errors(query, code):
    errors = json.loads(policy("eval", query, exit_code=2).stdout)["errors"]
    assert [error["code"] for error in errors] == [code]


def test_eval_strict_builtin_errors():
    assert policy("eval", "1 / 0").stdout == "{}\n"
    errors = json.loads(policy("eval", "--strict-builtin-errors", "1 / 0", exit_code=2).stdout)["errors"]
    assert (errors[0]["code"], errors[0]["message"]) == ("eval_builtin_error", "div: divide by zero")


def test_test_passes(folder):
    assert policy("test", folder / "authz.rego", folder / "authz_test.rego").stdout.splitlines()[-2:] == [
        "PASS: 2/3", "SKIPPED: 1/3"]
    verbose = policy("test", "-v", folder).stdout
    assert "data.authz_test.test_alice: PASS (" in verbose
    assert "data.authz_test.todo_test_later: SKIPPED" in verbose
    assert policy("test", "--run", "alice$", folder).stdout == "PASS: 1/1\n"


def test_test_fails(folder):
    (folder / "bad_test.rego").write_text(
        'package bad_test\n\ntest_no if {\n\tprint("seen", 1)\n\t1 == 2\n}\n\n'
        'test_error := x if { some x in [1, 2] }\n')
    out = policy("test", folder, exit_code=2).stdout
    assert "data.bad_test.test_no: FAIL (" in out and "  seen 1\n" in out
    assert "data.bad_test.test_error: ERROR (" in out and "eval_conflict_error" in out
    assert out.splitlines()[-4:] == ["PASS: 2/5", "FAIL: 1/5", "SKIPPED: 1/5", "ERROR: 1/5"]
    results = {row["name"]: row for row in json.loads(policy("test", "-f", "json", folder, exit_code=2).stdout)}
    assert results["test_no"]["fail"] and results["test_no"]["location"]["row"] == 3
    assert "fail" not in results["test_alice"] and results["todo_test_later"]["skip"]
    suites = xml.fromstring(policy("test", "-f", "junit", folder, exit_code=2).stdout)
    assert [suites.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["5", "1", "1", "1"]


def test_test_refuses_cases(folder):
    """The document of such a rule lacks the cases that fail: they must not pass unseen."""
    (folder / "case_test.rego").write_text(
        'package case_test\n\ntest_all[name] if {\n\tsome name, value in {"a": 1, "b": 2}\n\tvalue == 1\n}\n')
    assert "ERROR: 1/4" in policy("test", folder, exit_code=2).stdout


def test_coverage(folder):
    report = json.loads(policy("test", "--coverage", folder).stdout)
    authz = report["files"][str(folder / "authz.rego")]
    rows = {row for lines in authz["not_covered"] for row in range(lines["start"]["row"], lines["end"]["row"] + 1)}
    # The last expression of the second rule was never tried, and the helper it names never asked.
    assert rows >= {9, 12} and not rows & {3, 5, 8}
    assert 0 < report["coverage"] < 100
    policy("test", "--threshold", "99", folder, exit_code=2)
    policy("test", "--threshold", "50", folder, exit_code=0)


def test_test_bench(folder):
    measured = json.loads(policy("test", "--bench", "--count", "50", "-f", "json", folder).stdout)
    assert measured["data.authz_test.test_alice"]["min_ns"] > 0


def test_check(tmp_path):
    (tmp_path / "a.rego").write_text("package a\n\np if { anything(1) }\n\nq if { nothing(1) }\n")
    (tmp_path / "b.rego").write_text("package b\n\nimport data.a\n\nr := 1\n")
    done = policy("check", tmp_path, exit_code=1)
    assert done.stdout == "" and done.stderr.startswith("2 errors occurred:\n")
    assert f"{tmp_path}/a.rego:3: rego_type_error: undefined function anything" in done.stderr
    assert len(json.loads(policy("check", "-f", "json", tmp_path, exit_code=1).stdout)["errors"]) == 2
    policy("check", tmp_path / "b.rego")
    assert "unused" in policy("check", "--strict", tmp_path / "b.rego", exit_code=1).stderr


def test_check_refuses_io(tmp_path):
    (tmp_path / "a.rego").write_text('package a\n\np := http.send({"method": "get", "url": "http://127.0.0.1"})\n')
    assert "`http.send` is not available" in policy("check", tmp_path, exit_code=1).stderr


def test_fmt(tmp_path):
    untidy, tidy = "package a\np   if  {  1==1  } # one\n", "package a\n\np if 1 == 1 # one\n"
    file = tmp_path / "a.rego"
    file.write_text(untidy)
    file.chmod(0o640)
    formatted = policy("fmt", stdin=untidy).stdout
    assert formatted == policy("fmt", stdin=formatted).stdout and "# one" in formatted
    assert policy("fmt", file).stdout == formatted
    assert policy("fmt", "--list", "--fail", tmp_path, exit_code=1).stdout == f"{file}\n"
    difference = policy("fmt", "-d", file).stdout
    assert "-p   if  {  1==1  } # one\n" in difference and "@@ -1,2 +1," in difference
    assert file.read_text() == untidy
    assert policy("fmt", "-w", file).stdout == ""
    assert file.read_text() == formatted and file.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.rego"]
    policy("fmt", "--list", "--fail", tmp_path)
    assert "rego_parse_error" in policy("fmt", stdin="package", exit_code=1).stderr


def test_bench(folder):
    (folder / "input.json").write_text('{"user": "alice"}')
    rows = json.loads(policy(
        "bench", "-d", folder / "authz.rego", "-i", folder / "input.json", "--count", "20", "-f", "json",
        "data.authz.allow").stdout)
    assert [row["input"] for row in rows] == ["json", "value"]
    rows = json.loads(policy("bench", "--suite", "--only", "abac", "--only", "curve-rules-10", "--count", "20",
                             "--mode", "value", "-f", "json").stdout)
    assert {"abac", "curve-rules-10", "curve-rules-10000"} <= {row["name"] for row in rows}


def test_parse(folder):
    tree = json.loads(policy("parse", folder / "authz.rego").stdout)
    assert tree["package"]["path"][1] == {"type": "string", "value": "authz"}
    assert tree["rules"][0]["default"] is True and len(tree["rules"]) == 4
    assert json.loads(policy("parse", stdin="package", exit_code=1).stdout)["errors"]


def test_inspect(folder):
    (folder / "note.rego").write_text("# METADATA\n# title: Notes\npackage note\n\nf(x) := x\n")
    found = json.loads(policy("inspect", "-a", "-f", "json", folder).stdout)
    assert found["namespaces"]["data.authz"] == [str(folder / "authz.rego")]
    assert {"path": "data.note.f", "kind": "function",
            "location": {"file": str(folder / "note.rego"), "row": 5, "col": 1}} in found["rules"]
    assert found["annotations"][0]["annotations"]["title"] == "Notes"
    assert "data.note.f" in policy("inspect", folder).stdout


def test_shipped_bundle():
    policies = pathlib.Path(ROOT) / "policies"
    last = policy("test", policies).stdout.splitlines()[-1]
    passed, count = last.removeprefix("PASS: ").split("/")
    assert last.startswith("PASS: ") and passed == count and int(count) > 10
    policy("check", "--strict", policies)
    assert policy("fmt", "--list", policies).stdout == ""


def test_no_color_where_nobody_looks(folder):
    assert "\x1b" not in policy("test", "-v", folder, environment={"TERM": "xterm"}).stdout
