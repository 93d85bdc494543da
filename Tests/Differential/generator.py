"""Random policies, data, inputs and queries, the same for the same seed."""

import json
import random
import re

NUMBERS = "0 1 2 3 -1 10 7 1.5 0.1 -2.5 1e2 1.0 100 12345678901234567890123 1e-7 9007199254740993 0.30 -0 2.50".split()
STRINGS = ["", "a", "b", "c", "x", "A", "a b", "é", "abc", "1", "a,b", "a/b", "ab12", "\n", "%", "z.y"]
KINDS = ["num", "str", "bool", "arr", "set", "obj", "any"]

# Name, kind of the result, kinds of the operands.
BUILTINS = [
    ("count", "num", "arr"), ("count", "num", "set"), ("count", "num", "str"), ("count", "num", "obj"),
    ("sum", "num", "nums"), ("product", "num", "nums"), ("max", "any", "arr"), ("min", "any", "set"),
    ("sort", "arr", "arr"), ("sort", "arr", "set"), ("abs", "num", "num"), ("ceil", "num", "num"),
    ("floor", "num", "num"), ("round", "num", "num"), ("numbers.range", "arr", "small small"),
    ("numbers.range_step", "arr", "small small small"), ("bits.and", "num", "small small"),
    ("bits.or", "num", "small small"), ("bits.xor", "num", "small small"), ("bits.lsh", "num", "small small"),
    ("bits.rsh", "num", "small small"), ("bits.negate", "num", "small"),
    ("array.concat", "arr", "arr arr"), ("array.slice", "arr", "arr small small"), ("array.reverse", "arr", "arr"),
    ("array.flatten", "arr", "arr"),
    ("object.get", "any", "obj any any"), ("object.keys", "set", "obj"), ("object.remove", "obj", "obj arr"),
    ("object.filter", "obj", "obj set"), ("object.union", "obj", "obj obj"), ("object.subset", "bool", "obj obj"),
    ("object.subset", "bool", "set set"), ("object.subset", "bool", "arr arr"),
    ("object.union_n", "obj", "objs"), ("intersection", "set", "setset"), ("union", "set", "setset"),
    ("concat", "str", "str strs"), ("contains", "bool", "str str"), ("startswith", "bool", "str str"),
    ("endswith", "bool", "str str"), ("indexof", "num", "str str"), ("indexof_n", "arr", "str str"),
    ("lower", "str", "str"), ("upper", "str", "str"), ("replace", "str", "str str str"), ("split", "arr", "str str"),
    ("substring", "str", "str small small"), ("trim", "str", "str str"), ("trim_left", "str", "str str"),
    ("trim_prefix", "str", "str str"), ("trim_suffix", "str", "str str"), ("trim_right", "str", "str str"),
    ("trim_space", "str", "str"), ("strings.reverse", "str", "str"), ("strings.count", "num", "str str"),
    ("strings.any_prefix_match", "bool", "str strs"), ("strings.any_suffix_match", "bool", "strs str"),
    ("sprintf", "str", "format arr"), ("format_int", "str", "num base"), ("to_number", "num", "str"),
    ("to_number", "num", "bool"), ("type_name", "str", "any"), ("is_number", "bool", "any"),
    ("is_string", "bool", "any"), ("is_boolean", "bool", "any"), ("is_array", "bool", "any"),
    ("is_set", "bool", "any"), ("is_object", "bool", "any"), ("is_null", "bool", "any"),
    ("json.marshal", "str", "any"), ("json.is_valid", "bool", "str"), ("json.unmarshal", "any", "str"),
    ("json.filter", "obj", "obj strs"), ("json.remove", "obj", "obj strs"), ("yaml.marshal", "str", "obj"),
    ("base64.encode", "str", "str"), ("base64url.encode_no_pad", "str", "str"), ("hex.encode", "str", "str"),
    ("urlquery.encode", "str", "str"), ("urlquery.decode", "str", "str"), ("base64.is_valid", "bool", "str"),
    ("regex.match", "bool", "pattern str"), ("regex.split", "arr", "pattern str"),
    ("regex.replace", "str", "str pattern str"), ("regex.find_n", "arr", "pattern str small"),
    ("regex.is_valid", "bool", "str"), ("glob.match", "bool", "glob delims str"),
    ("crypto.sha256", "str", "str"), ("crypto.md5", "str", "str"), ("units.parse_bytes", "num", "units"),
    ("units.parse", "num", "units"), ("semver.is_valid", "bool", "any"), ("semver.compare", "num", "version version"),
    ("time.weekday", "str", "time"), ("time.date", "arr", "time"), ("time.clock", "arr", "time"),
    ("time.add_date", "num", "time small small small"), ("time.parse_rfc3339_ns", "num", "rfc3339"),
    ("net.cidr_contains", "bool", "cidr address"), ("net.cidr_is_valid", "bool", "cidr"),
    ("net.cidr_intersects", "bool", "cidr cidr"), ("graph.reachable", "set", "graph set"),
    ("numbers.range", "arr", "small num"), ("strings.replace_n", "str", "strobj str"), ("walkc", "arr", "any"),
]
INFIX = [("+", "num"), ("-", "num"), ("*", "num"), ("/", "num"), ("%", "small"), ("-", "set"), ("&", "set"), ("|", "set")]
COMPARE = ["==", "!=", "<", "<=", ">", ">="]
BY_RESULT = {}
for _b in BUILTINS:
    BY_RESULT.setdefault(_b[1], []).append(_b)


class Rule:
    def __init__(self, name, kind, arity=0, package="t"):
        self.name, self.kind, self.arity, self.package = name, kind, arity, package


class Case:
    """Modules as lists of rules, each a list of lines, so that a difference can be made small."""

    def __init__(self, rng):
        self.rng = rng
        self.rules = []
        self.locals = 0
        self.data = {"base": self.object_value(3), "users": self.users(), "list": [self.json_value(2) for _ in range(3)],
                     "t": {"given": self.json_value(2)}}
        self.input = None if rng.random() < 0.05 else self.input_value()
        self.modules = []
        packages = ["t"] if rng.random() < 0.6 else ["t", rng.choice(["t.sub", "u"])]
        for package in reversed(packages):
            lines = [[f"package {package}"]]
            if rng.random() < 0.2:
                lines.append(["import data.base as imported", "import input.a as given"])
            for number in range(rng.randint(2, 6)):
                for rule in self.rule(f"{'prst'[packages.index(package)]}{number}", package):
                    whole = "\n".join(rule)
                    lines.append([self.without_unused(line, whole) for line in rule])
            self.modules.append(lines)
        self.modules.reverse()
        self.queries = ["x = data.t"]
        for rule in rng.sample(self.rules, min(3, len(self.rules))):
            self.queries.append(self.query(rule))

    def text(self):
        return ["\n".join("\n".join(rule) for rule in module) + "\n" for module in self.modules]

    # Values as JSON

    def number(self):
        return self.rng.choice(NUMBERS)

    def scalar_value(self):
        r = self.rng.random()
        if r < 0.35:
            return float(self.number()) if r < 0.1 else self.rng.choice([0, 1, 2, 3, -1, 10, 1.5, 12345678901234567890123])
        if r < 0.75:
            return self.rng.choice(STRINGS)
        return self.rng.choice([True, False, None])

    def json_value(self, depth):
        r = self.rng.random()
        if depth == 0 or r < 0.4:
            return self.scalar_value()
        if r < 0.7:
            return [self.json_value(depth - 1) for _ in range(self.rng.randint(0, 3))]
        return self.object_value(depth)

    def object_value(self, depth):
        keys = self.rng.sample(["a", "b", "c", "x", "1", "é", "a b"], self.rng.randint(1, 4))
        return {key: self.json_value(depth - 1) for key in keys}

    def users(self):
        return {name: {"roles": self.rng.sample(["a", "b", "c"], self.rng.randint(0, 3)), "age": self.rng.randint(0, 3)}
                for name in self.rng.sample(["a", "b", "c", "x"], 3)}

    def input_value(self):
        value = {"a": self.json_value(2), "b": self.json_value(1), "n": self.rng.randint(-1, 4),
                 "s": self.rng.choice(STRINGS), "l": [self.scalar_value() for _ in range(self.rng.randint(0, 4))],
                 "o": self.object_value(2), "user": self.rng.choice(["a", "b", "x", "nobody"])}
        for key in list(value):
            if self.rng.random() < 0.1:
                del value[key]
        return value

    # Terms

    def fresh(self):
        self.locals += 1
        return f"v{self.locals}"

    def quoted(self, text):
        if self.rng.random() < 0.1 and "`" not in text and "\n" not in text:
            return f"`{text}`"
        return json.dumps(text, ensure_ascii=self.rng.random() < 0.5)

    def scalar(self, kind="any"):
        rng = self.rng
        if kind == "any":
            kind = rng.choice(["num", "num", "str", "str", "bool", "null"])
        if kind == "num":
            return self.number() if rng.random() < 0.4 else str(rng.randint(0, 4))
        if kind == "str":
            return self.quoted(rng.choice(STRINGS[:8] if rng.random() < 0.6 else STRINGS))
        if kind == "bool":
            return rng.choice(["true", "false"])
        return "null"

    def term(self, kind, scope, depth):
        """A term that usually is of a kind; scope has the variables that are bound, by name, with their kinds."""
        rng = self.rng
        r = rng.random()
        fitting = [name for name, of in scope.items() if of == kind or kind == "any" or (of == "any" and r < 0.3)]
        if fitting and rng.random() < 0.45:
            return rng.choice(fitting)
        if kind == "any":
            if r < 0.35:
                return self.reference(scope, depth)
            return self.term(rng.choice(KINDS[:6]), scope, depth) if depth > 0 else self.scalar()
        if kind in SPECIAL:
            return self.special(kind, scope, depth)
        if depth <= 0 or r < 0.25:
            return self.literal(kind, scope, 0)
        if r < 0.45:
            return self.literal(kind, scope, depth)
        if r < 0.6:
            return self.call(kind, scope, depth)
        if r < 0.7 and kind in ("num", "set"):
            op, of = rng.choice([(op, of) for op, of in INFIX if (of == "set") == (kind == "set")])
            return f"({self.term(of, scope, depth - 1)} {op} {self.term(of, scope, depth - 1)})"
        if kind in ("arr", "set", "obj") and r < 0.85:
            return self.comprehension(kind, scope, depth)
        if kind == "bool" and r < 0.85:
            left, right = self.term("any", scope, depth - 1), self.term("any", scope, depth - 1)
            return f"({left} {rng.choice(COMPARE)} {right})" if r < 0.75 else f"({left} in [{right}])"
        if kind == "num" and rng.random() < 0.3:
            return "input.n"
        if kind == "str" and rng.random() < 0.4:
            return rng.choice(["input.s", "input.user"])
        if kind == "str" and rng.random() < 0.1:
            return f'$"a{{{self.term("any", scope, 0)}}}b"'
        same = [rule for rule in self.rules if rule.kind == kind and rule.arity == 0]
        if same and rng.random() < 0.6:
            return self.name(rng.choice(same))
        return self.literal(kind, scope, depth)

    def literal(self, kind, scope, depth):
        rng = self.rng
        element = (lambda: self.term("any", scope, depth - 1)) if depth > 0 else self.scalar
        if kind == "arr":
            return "[" + ", ".join(element() for _ in range(rng.randint(0, 3))) + "]"
        if kind == "set":
            return "{" + ", ".join(element() for _ in range(rng.randint(1, 3))) + "}" if rng.random() < 0.9 else "set()"
        if kind == "obj":
            key = (lambda: self.scalar("str")) if rng.random() < 0.7 else self.scalar
            keys = list(dict.fromkeys(key() for _ in range(rng.randint(0, 3))))
            return "{" + ", ".join(f"{k}: {element()}" for k in keys) + "}"
        return self.scalar(kind)

    def special(self, kind, scope, depth):
        rng = self.rng
        if rng.random() < 0.06:
            return self.term("any", scope, 0)
        if kind == "small":
            return rng.choice(["0", "1", "2", "3", "-1", "input.n", "5", "7", "1.5" if rng.random() < 0.2 else "4"])
        if kind == "nums":
            opening, closing = rng.choice(["[]", "{}"])
            return opening + ", ".join(self.scalar("num") for _ in range(rng.randint(1, 4))) + closing
        if kind == "strs":
            opening, closing = rng.choice(["[]", "{}"])
            return opening + ", ".join(self.term("str", scope, 0) for _ in range(rng.randint(1, 3))) + closing
        if kind == "objs":
            return "[" + ", ".join(self.term("obj", scope, depth - 1) for _ in range(rng.randint(0, 3))) + "]"
        if kind == "setset":
            return "{" + ", ".join(self.literal("set", scope, 0) for _ in range(rng.randint(1, 3))) + "}"
        if kind == "graph":
            nodes = rng.sample(["a", "b", "c", "x"], 3)
            return json.dumps({n: rng.sample(["a", "b", "c", "x"], rng.randint(0, 3)) for n in nodes})
        if kind == "strobj":
            return json.dumps({rng.choice(["a", "b", "é"]): rng.choice(["x", "", "b"]) for _ in range(rng.randint(1, 2))})
        choice = rng.choice(SPECIAL[kind])
        return choice if kind in ("base", "time", "delims") else self.quoted(choice)

    def call(self, kind, scope, depth):
        rng = self.rng
        functions = [rule for rule in self.rules if rule.arity and rule.kind == kind]
        if functions and rng.random() < 0.3:
            rule = rng.choice(functions)
            return f"{self.name(rule)}({', '.join(self.term('any', scope, depth - 1) for _ in range(rule.arity))})"
        name, _, operands = rng.choice(BY_RESULT.get(kind) or BUILTINS)
        if name == "walkc":
            return f"[w | walk({self.term('any', scope, depth - 1)}, w)]"
        texts = [self.term(of, scope, depth - 1) for of in operands.split()]
        if rng.random() < 0.03:
            texts[rng.randrange(len(texts))] = self.term("any", scope, depth - 1)
        return f"{name}({', '.join(texts)})"

    def name(self, rule):
        if rule.package == "t" and self.rng.random() < 0.7 and self.package == "t":
            return rule.name
        return f"data.{rule.package}.{rule.name}"

    def reference(self, scope, depth):
        rng = self.rng
        heads = ["input", "input.a", "input.l", "input.o", "input.b", "data.base", "data.users", "data.list", "data.t.given"]
        plain = [rule for rule in self.rules if rule.arity == 0]
        if plain and rng.random() < 0.5:
            head = self.name(rng.choice(plain))
        elif scope and rng.random() < 0.3:
            head = rng.choice(list(scope))
        else:
            head = rng.choice(heads)
            if head == "data.users" and rng.random() < 0.7:
                return rng.choice(["data.users[input.user].roles", "data.users[input.user]", "data.users.a.age"])
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            r = rng.random()
            if r < 0.3:
                head += "." + rng.choice(["a", "b", "c", "x", "roles"])
            elif r < 0.5:
                head += f"[{rng.choice(['0', '1', '-1', self.scalar()])}]"
            elif r < 0.75:
                head += "[_]"
            elif scope:
                head += f"[{rng.choice(list(scope))}]"
            elif depth > 0:
                head += f"[{self.term('any', scope, 0)}]"
        return head

    def comprehension(self, kind, scope, depth):
        inner = dict(scope)
        body = self.body(inner, self.rng.randint(1, 2), depth - 1)
        text = "; ".join(body)
        value = self.term("any", inner, depth - 1)
        if kind == "arr":
            return f"[{value} | {text}]"
        if kind == "set":
            return f"{{{value} | {text}}}"
        return f"{{{self.term('any', inner, 0)}: {value} | {text}}}"

    def pattern(self, scope, fresh, depth):
        """A term with new variables in it."""
        rng = self.rng
        r = rng.random()
        if r < 0.4 or depth == 0 and r < 0.7:
            name = rng.choice(fresh) if fresh and rng.random() < 0.2 else self.fresh()
            if name not in fresh:
                fresh.append(name)
            return name
        if r < 0.5:
            return "_"
        if r < 0.7 or depth == 0:
            return self.term("any", scope, 0)
        if r < 0.9:
            return "[" + ", ".join(self.pattern(scope, fresh, depth - 1) for _ in range(rng.randint(1, 3))) + "]"
        keys = dict.fromkeys(self.scalar("str") for _ in range(rng.randint(1, 2)))
        return "{" + ", ".join(f"{k}: {self.pattern(scope, fresh, depth - 1)}" for k in keys) + "}"

    # Bodies

    def body(self, scope, count, depth):
        lines = [self.expression(scope, depth) for _ in range(count)]
        if self.rng.random() < 0.04:
            self.rng.shuffle(lines)
        return lines

    @staticmethod
    def without_unused(text, rule):
        """OPA refuses variables that are declared and not used; names are those of one rule."""
        def declared(match):
            names = [n if rule.count(n) == len(re.findall(rf"{n}\\d", rule)) + 1 else None for n in match[1].split(", ")]
            return "some " + ", ".join("_" if n else m for n, m in zip(names, match[1].split(", "))) + " in "
        return re.sub(r"\bsome (v\d+(?:, v\d+)?) in ", declared, text)

    def modifier(self, scope):
        rng = self.rng
        r = rng.random()
        if r < 0.5:
            target = rng.choice(["input", "input.a", "input.n", "input.a.b", "input.s"])
        elif r < 0.75:
            target = rng.choice(["data.base", "data.base.a", "data.users", "data.t.given", "data.list", "data.fresh"])
        elif r < 0.9 and self.rules:
            rule = rng.choice(self.rules)
            if rule.arity:
                return f"data.{rule.package}.{rule.name} as {rng.choice([self.scalar(), 'count'])}"
            target = f"data.{rule.package}.{rule.name}"
        else:
            return rng.choice(["count as 7", "upper as lower", "to_number as 3", "startswith as true", "sum as count"])
        return f"{target} as {self.term('any', scope, 1)}"

    def expression(self, scope, depth):
        text = self.bare_expression(scope, depth)
        if self.rng.random() < 0.07 and not text.startswith(("some", "every")):
            text += " with " + self.modifier(scope)
            if self.rng.random() < 0.2:
                text += " with " + self.modifier(scope)
        return text

    def bare_expression(self, scope, depth):
        rng = self.rng
        r = rng.random()
        if r < 0.2:
            kind = rng.choice(KINDS)
            term, name = self.term(kind, scope, depth), self.fresh()
            scope[name] = kind
            return f"{name} := {term}"
        if r < 0.4:
            source = self.term(rng.choice(["arr", "set", "obj", "any"]), scope, depth)
            value = self.fresh()
            if rng.random() < 0.4:
                key = self.fresh()
                scope[key] = scope[value] = "any"
                return f"some {key}, {value} in {source}"
            if rng.random() < 0.15:
                fresh = []
                text = f"some {self.pattern(scope, fresh, 1)} in {source}"
                scope.update((name, "any") for name in fresh)
                return text if fresh else f"_ = {source}"
            scope[value] = "any"
            return f"some {value} in {source}"
        if r < 0.5:
            fresh = []
            pattern, term = self.pattern(scope, fresh, 2), self.term("any", scope, depth)
            if rng.random() < 0.3:
                pattern = f"[{pattern}, {self.pattern(scope, fresh, 1)}]"
                term = f"[{term}, {self.pattern(scope, fresh, 1)}]"
            scope.update((name, "any") for name in fresh)
            return f"{pattern} = {term}" if rng.random() < 0.5 else f"{term} = {pattern}"
        if r < 0.65:
            kind = rng.choice(KINDS)
            return f"{self.term(kind, scope, depth)} {rng.choice(COMPARE)} {self.term(kind, scope, depth)}"
        if r < 0.73:
            return "not " + self.closed(dict(scope), depth)
        if r < 0.8:
            value, inner = self.fresh(), dict(scope)
            inner[value] = "any"
            names = value
            if rng.random() < 0.4:
                key = self.fresh()
                inner[key] = "any"
                names = f"{key}, {value}"
            source = self.term(rng.choice(["arr", "set", "obj"]), scope, depth)
            return f"every {names} in {source} {{ {'; '.join(self.body(inner, rng.randint(1, 2), max(depth - 1, 0)))} }}"
        if r < 0.86:
            return f"{self.term('any', scope, 0)} in {self.term(rng.choice(['arr', 'set', 'obj']), scope, depth)}"
        if r < 0.9:
            term, fresh, name = self.reference(scope, depth), self.fresh(), self.fresh()
            scope[name] = scope[fresh] = "any"
            return f"some {fresh}; {name} := {term}[{fresh}]" if "\n" not in term else f"{name} := {term}"
        if r < 0.92:
            path, value = self.fresh(), self.fresh()
            scope[path], scope[value] = "arr", "any"
            return f"walk({self.term('any', {}, depth)}, [{path}, {value}])"
        if r < 0.96:
            return self.call(rng.choice(["bool", "num", "any"]), scope, depth)
        return self.term("any", scope, depth)

    def closed(self, scope, depth):
        if self.rng.random() < 0.5:
            return self.call("bool", scope, depth)
        return f"{self.term('any', scope, depth)} {self.rng.choice(COMPARE + ['='])} {self.term('any', scope, depth)}"

    # Rules

    def rule(self, name, package):
        rng = self.rng
        self.package = package
        shape = rng.choice(["complete", "complete", "value", "set", "set", "object", "object", "function", "function",
                            "else", "default", "nested", "general", "ground"])
        kind = rng.choice(KINDS)
        rules = []
        rule = Rule(name, kind, 0, package)
        later = rng.random() < 0.02
        if later:
            self.rules.append(rule)
        if shape == "value":
            rules.append([f"{name} := {self.term(kind, {}, 2)}"])
        elif shape == "ground":
            rules.append([f"{name} := {self.literal(kind, {}, 0)}"])
        elif shape == "complete":
            for _ in range(rng.choice([1, 1, 2])):
                rules.append(self.with_body(name, lambda scope: f" := {self.term(kind, scope, 1)}"))
        elif shape == "set":
            rule.kind = "set"
            for _ in range(rng.choice([1, 1, 2, 3])):
                rules.append(self.with_body(name, lambda scope: f" contains {self.term('any', scope, 1)}"))
        elif shape == "object":
            rule.kind = "obj"
            for _ in range(rng.choice([1, 1, 2, 3])):
                rules.append(self.with_body(
                    name, lambda scope: f"[{self.term(rng.choice(['str', 'any']), scope, 0)}] := {self.term('any', scope, 1)}"))
        elif shape == "nested":
            rule.kind = "obj"
            for _ in range(rng.choice([1, 2, 3])):
                tail = rng.choice([".a", ".b.c", '["x"]', ".a.b"])
                rules.append(self.with_body(f"{name}{tail}", lambda scope: rng.choice(
                    [f" := {self.term('any', scope, 1)}", f" contains {self.term('any', scope, 0)}"])))
        elif shape == "general":
            rule.kind = "obj"
            for _ in range(rng.choice([1, 2])):
                rules.append(self.with_body(name, lambda scope: f"[{self.term('str', scope, 0)}]" + rng.choice([".a", '["b"]', f"[{self.term('any', scope, 0)}]"]) + rng.choice(
                    [f" := {self.term('any', scope, 1)}", f" contains {self.term('any', scope, 0)}"])))
        elif shape == "function":
            rule.arity = rng.randint(1, 2)
            if rng.random() < 0.2:
                rules.append([f"default {name}({', '.join('_' for _ in range(rule.arity))}) := {self.scalar(kind) if kind not in ('arr', 'set', 'obj') else self.literal(kind, {}, 0)}"])
            for _ in range(rng.choice([1, 1, 2, 3])):
                fresh = []
                parameters = [self.pattern({}, fresh, 1) for _ in range(rule.arity)]
                scope = dict.fromkeys(fresh, "any")
                rules.append(self.with_body(f"{name}({', '.join(parameters)})", lambda s: f" := {self.term(kind, s, 1)}", scope))
        else:
            if shape == "default":
                rules.append([f"default {name} := {self.literal(kind, {}, 0)}"])
            lines = self.with_body(name, lambda scope: f" := {self.term(kind, scope, 1)}")
            if len(lines) > 1:
                for _ in range(rng.choice([1, 1, 2])):
                    scope = {}
                    body = self.body(scope, rng.randint(1, 2), 1)
                    lines[-1] += f" else := {self.term(kind, scope, 1)} if {{"
                    lines += ["  " + line for line in body] + ["}"]
                if rng.random() < 0.3:
                    lines[-1] += f" else := {self.literal(kind, {}, 0)}"
            rules.append(lines)
        if not later:
            self.rules.append(rule)
        return rules

    def with_body(self, head, value, scope=None):
        scope = dict(scope or {})
        body = self.body(scope, self.rng.randint(1, 3), 2)
        return [f"{head}{value(scope)} if {{"] + ["  " + line for line in body] + ["}"]

    def query(self, rule):
        rng = self.rng
        path = f"data.{rule.package}.{rule.name}"
        if rule.arity:
            return f"x = {path}({', '.join(self.term('any', {}, 1) for _ in range(rule.arity))})"
        return rng.choice([f"x = {path}", f"{path}[x] = y", f"x := {path}[{self.scalar()}]", f"{path}", f"some x in {path}",
                           f"x = {path} with input as {self.term('obj', {}, 1)}", f"{path} == {path}",
                           f"{path}.a[x]", f"x = {path} with data.base as {self.scalar()}", f"data[x].{rule.name} = y"])


SPECIAL = {
    "small": [], "nums": [], "strs": [], "objs": [], "setset": [], "graph": [], "strobj": [],
    "format": ["%v", "%d", "%s|%v", "%5d", "%x", "%.2f", "%%", "a", "%q", "%v %v %v", "%t", "%05d", "%-5s|", "%T", "%e", "%g"],
    "base": ["2", "8", "10", "16", "3"], "pattern": ["a", "a*", "[a-c]+", "^.$", "(a)(b)?", "\\d", "", "(", "b|c"],
    "glob": ["*", "a*", "a/*", "**", "{a,b}", "[a-c]", "?", "*.y", "a/**"], "delims": ["[]", "null", '["/"]', '["."]', '[","]'],
    "units": ["1", "10K", "1Ki", "2.5M", "1m", "0.1GiB", "x", "1 B", "5E", "10KB"],
    "version": ["1.0.0", "1.2.3-a", "2.0.0", "1.0", "1.2.3+b"],
    "time": ["0", "1700000000000000000", "-1", "1e18", '[1700000000000000000, "UTC"]', "951782400000000000"],
    "rfc3339": ["2024-02-29T12:00:00Z", "2024-02-30T12:00:00Z", "1970-01-01T00:00:00+01:00", "x", "2024-01-01T00:00:00.123456789Z"],
    "cidr": ["10.0.0.0/8", "10.1.2.0/24", "::/0", "2001:db8::/32", "10.0.0.1", "x", "0.0.0.0/0", "10.0.0.1/33"],
    "address": ["10.1.2.3", "::1", "2001:db8::1", "10.0.0.0/9", "x"],
}


def cases(seed, count):
    for number in range(count):
        yield number, Case(random.Random(f"{seed}/{number}"))
