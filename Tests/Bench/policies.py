#!/usr/bin/env python3
"""Measures policy decisions: `martlet policy bench --suite` beside OPA and regorus, in one run, with the same policies,
data and inputs; every engine reads its input from JSON for each decision. use: policies.py [--seconds S] [NAME ...]"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARTLET = pathlib.Path(os.environ.get("MARTLET_BINARY", ROOT / ".build/release/martlet"))
POLICIES = ["trivial", "rbac", "abac", "rules-1000", "comprehension"]
QUERY = "data.bench.allow"


def measured(call, inputs, seconds):
    """CPU nanoseconds of one decision: the median of five rounds."""
    call(inputs[0])
    rounds = []
    for _ in range(5):
        count, start, end = 0, time.process_time_ns(), time.monotonic() + seconds / 5
        while time.monotonic() < end:
            for text in inputs:
                call(text)
            count += len(inputs)
        rounds.append((time.process_time_ns() - start) / count)
    return sorted(rounds)[2]


def opa(case, seconds):
    """OPA's own evaluator, in-process. What ctypes costs is a few microseconds."""
    from opa_bindings import engine
    with engine.OpaEngine() as instance:
        instance.add_policy("bench.rego", case["module"])
        instance.add_data(json.loads(case["data"]))
        library, handle = instance._lib, instance._handle
        query = f"x = {QUERY}".encode()

        def call(text):
            answer = library.OpaEvalQuery(handle, query, text, 0, 0)
            library.OpaFreeString(answer)

        result = instance.eval_query(f"x = {QUERY}", json.loads(case["inputs"][0]))
        return measured(call, [text.encode() for text in case["inputs"]], seconds), result[0]["x"]


def regorus(case, seconds):
    import regorus as module
    instance = module.Engine()
    instance.add_policy("bench.rego", case["module"])
    instance.add_data_json(case["data"])

    def call(text):
        instance.set_input_json(text)
        return instance.eval_rule(QUERY)

    result = call(case["inputs"][0])
    return measured(call, case["inputs"], seconds), result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    names = arguments.names or POLICIES
    engines = []
    for name, module, measure in (("OPA", "opa_bindings", opa), ("regorus", "regorus", regorus)):
        try:
            __import__(module)
            engines.append((name, measure))
        except (ImportError, OSError) as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        only = [f"--only={name}" for name in names]
        command = [MARTLET, "policy", "bench", "--suite", "--format", "json", "--export", folder, *only]
        ours = {}
        for entry in json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout):
            measurement = entry["measurement"]
            ours[entry["name"], entry["input"]] = measurement["median_ns"]
        print("| policy | martlet, input as value | martlet, input from JSON |"
              + "".join(f" {name} | times martlet |" for name, _ in engines))
        print("|---|---:|---:|" + "---:|---:|" * len(engines))
        for name in names:
            case = json.loads((pathlib.Path(folder) / f"{name}.json").read_text())
            from_json = ours[name, "json"]
            row = f"| {name} | {ours[name, 'value'] / 1000:.2f} µs | {from_json / 1000:.2f} µs |"
            for engine, measure in engines:
                nanoseconds, result = measure(case, arguments.seconds)
                if result is not True and name != "comprehension":
                    raise SystemExit(f"{engine} decides {result} on {name}")
                row += f" {nanoseconds / 1000:.1f} µs | {nanoseconds / from_json:.0f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
