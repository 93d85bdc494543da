"""Asks our Rego engine and OPA the same generated questions: differential.py ANSWERS OPA_FOLDER [--cases N] [--seconds S]
[--seed TEXT] [--from N] [--show N]. Prints where they differ, made small, and fails if they do."""

import argparse
import collections
import copy
import ctypes
import json
import re
import subprocess
import sys
import time

import generator

SEED = "martlet"
# Cases of the default seed that are known to differ, by the reason. A change of the generator changes them.
KNOWN = {
    "OPA refuses more types: of bodies of every, of keys of objects from several rules": [
        27, 92, 165, 168, 211, 221, 228, 359, 366, 486, 506, 614, 641, 659],
    "both refuse the module or the query, for mistakes that other stages find": [57, 166, 373, 521, 527, 560, 564],
    "a builtin fails that one side does not call, or calls later": [270, 413, 456, 459, 524, 561, 567, 636],
    "object.subset's failure has another code": [372],
    "an argument's name in what some declares, used in a comprehension of its domain": [430],
    "the type of an object whose key is a number is taken for closed": [37],
    "OPA ends with an internal error, for a rule that is gone": [13],
    "OPA leaves out undefined members of an object that some iterates, here the object is undefined": [78],
    "an object is left empty instead of absent when no rule gives it a member": [174],
}

CODE = re.compile(r"\b(?:rego|eval)_[a-z_]*error\b")


class OPA:
    """Through the library's functions: the numbers of a result keep their digits."""

    def __init__(self, folder):
        sys.path.insert(0, folder)
        from opa_bindings import _native

        self.library = _native.load()

    def call(self, function, *arguments):
        pointer = function(*arguments)
        try:
            return ctypes.string_at(pointer).decode()
        finally:
            self.library.OpaFreeString(pointer)

    def answers(self, case):
        engine = self.library.OpaNew()
        try:
            steps = [(self.library.OpaAddPolicy, f"m{i}.rego", text) for i, text in enumerate(case["modules"])]
            steps.append((self.library.OpaAddData, "", json.dumps(case["data"])))
            for function, name, text in steps:
                reply = parsed(self.call(function, engine, name.encode(), text.encode()))
                if reply.get("error"):
                    return [self.error(reply)] * len(case["queries"])
            document = json.dumps(case["input"]).encode() if "input" in case else b""
            return [self.answer(engine, query, document) for query in case["queries"]]
        finally:
            self.library.OpaDestroy(engine)

    def answer(self, engine, query, document):
        reply = parsed(self.call(self.library.OpaEvalQuery, engine, query.encode(), document, 0, 0))
        if reply.get("error"):
            return self.error(reply)
        # As bindings are: an expression that is false gives no row.
        rows = [row for row in reply["result"] or [] if all(e["value"] is not False for e in row["expressions"])]
        return {"rows": [row.get("bindings", {}) for row in rows]}

    @staticmethod
    def error(reply):
        message = reply["error"]["message"]
        return {"error": CODE.findall(message) or [reply["error"]["code"]], "message": message}


class Ours:
    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answers(self, case):
        self.process.stdin.write(json.dumps(case).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.start()
            return [{"error": [f"crash {status}"], "message": ""}] * len(case["queries"])
        reply = parsed(line)
        return reply if isinstance(reply, list) else [reply] * len(case["queries"])


class Number(str):
    """A number as it is written."""


def parsed(text):
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=members)


def members(pairs):
    # Keys that are no strings are written as if they were, so that a name may be there twice.
    names = [name for name, _ in pairs]
    return dict(pairs) if len(set(names)) == len(names) else {"twice": sorted(pairs, key=repr)}


def canonical(value):
    if isinstance(value, Number):
        return "number", str(value)
    if isinstance(value, dict):
        return {key: canonical(member) for key, member in value.items()}
    if isinstance(value, list):
        return [canonical(member) for member in value]
    return value


def outcome(answer):
    if "error" in answer:
        # OPA gives up after ten errors.
        codes = [code for code in answer["error"] if "limit reached" not in answer["message"] or code != "rego_compile_error"]
        return "error", tuple(sorted(set(codes)))
    return "rows", sorted(repr(sorted(canonical(row).items())) for row in answer["rows"])


def document(case):
    plain = {"modules": case.text(), "data": case.data, "queries": case.queries}
    return plain if case.input is None else plain | {"input": case.input}


def differing(opa, ours, plain):
    """Of each query whose answers differ: its index and both answers."""
    pairs = zip(opa.answers(plain), ours.answers(plain))
    return [(i, a, b) for i, (a, b) in enumerate(pairs) if outcome(a) != outcome(b)]


def kind(theirs, mine):
    names = [" ".join(outcome(a)[1]) if "error" in a else "rows" for a in (theirs, mine)]
    return f"OPA: {names[0]}, here: {names[1]}"


def smaller(opa, ours, case, query, wanted):
    """Leaves out rules and lines as long as the same kind of difference stays."""
    case = copy.copy(case)
    case.queries = [query]
    case.modules = copy.deepcopy(case.modules)
    deadline = time.monotonic() + 10

    def still(candidate):
        found = differing(opa, ours, document(candidate)) if time.monotonic() < deadline else []
        return bool(found) and kind(*found[0][1:]) == wanted

    changed = True
    while changed:
        changed = False
        for m in reversed(range(len(case.modules))):
            for r in reversed(range(1, len(case.modules[m]))):
                candidate = copy.copy(case)
                candidate.modules = copy.deepcopy(case.modules)
                del candidate.modules[m][r]
                if still(candidate):
                    case, changed = candidate, True
                    continue
                for l in reversed(range(1, len(case.modules[m][r]) - 1)):
                    candidate = copy.copy(case)
                    candidate.modules = copy.deepcopy(case.modules)
                    del candidate.modules[m][r][l]
                    if still(candidate):
                        case, changed = candidate, True
    return case


def without_failing(case, answers):
    """Without the rules that OPA's errors name: what is left is evaluated further. Nil when there are none."""
    places = {(int(m), int(row)) for a in answers for m, row in re.findall(r"m(\d)\.rego:(\d+)", a.get("message", ""))}
    if not places:
        return None
    case = copy.copy(case)
    modules = []
    for m, module in enumerate(case.modules):
        kept, row = [], 1
        for rule in module:
            height = sum(line.count("\n") + 1 for line in rule)
            if not kept or not any((m, r) in places for r in range(row, row + height)):
                kept.append(rule)
            row += height
        modules.append(kept)
    if modules == case.modules:
        return None
    case.modules = modules
    return case


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("opa")
    arguments.add_argument("--cases", type=int, default=700)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", default=SEED)
    arguments.add_argument("--from", type=int, default=0, dest="first")
    arguments.add_argument("--show", type=int, default=5)
    settings = arguments.parse_args()
    opa, ours = OPA(settings.opa), Ours(settings.program)
    end = time.monotonic() + settings.seconds
    known = {n for numbers in KNOWN.values() for n in numbers} if settings.seed == SEED else set()
    where = collections.defaultdict(set)
    counts, kinds, shown, asked = collections.Counter(), collections.Counter(), collections.Counter(), 0

    def compare(number, case):
        plain = document(case)
        theirs, mine = opa.answers(plain), ours.answers(plain)
        seen = set()
        for query, a, b in zip(case.queries, theirs, mine):
            if outcome(a) != outcome(b) and number in known:
                counts["known"] += 1
                continue
            counts[outcome(a)[0] if outcome(a) == outcome(b) else "different"] += 1
            if outcome(a) == outcome(b):
                counts["codes " + " ".join(a["error"][:1]) if "error" in a else "defined" if a["rows"] else "undefined"] += 1
                continue
            name = kind(a, b)
            kinds[name] += 1
            where[name].add(number)
            if name in seen or shown[name] >= settings.show:
                continue
            seen.add(name)
            shown[name] += 1
            small = smaller(opa, ours, case, query, name)
            found = document(small)
            _, a, b = (differing(opa, ours, found) or [(0, a, b)])[0]
            print(f"==== case {number}, {name}\nquery: {query}\n" + "---\n".join(found["modules"]), end="")
            print(f"data: {json.dumps(found['data'])}\ninput: {json.dumps(found.get('input'))}")
            print(f"OPA: {a.get('message') or a['rows']}\nhere: {b.get('message') or b['rows']}", flush=True)
        return theirs

    for number, case in generator.cases(settings.seed, settings.cases):
        if number < settings.first:
            continue
        if time.monotonic() > end:
            break
        asked += 1
        for _ in range(12):
            theirs = compare(number, case)
            case = without_failing(case, theirs)
            if case is None:
                break
    print(f"differential: {asked} cases, {counts['rows'] + counts['error']} answers the same, "
          f"{counts['different']} not, {counts['known']} in cases known to differ")
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name.startswith(("codes", "de", "un"))))
    for name, count in kinds.most_common():
        print(f"{count} times {name}: cases {sorted(where[name])}")
    sys.exit(1 if counts["different"] else 0)


if __name__ == "__main__":
    main()
