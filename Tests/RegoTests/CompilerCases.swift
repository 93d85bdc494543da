/// Modules, and what OPA 1.x says of them: `=== name`, the modules with `---` between them, and one `>>>` for each
/// mistake, with OPA's lines after its first. What a builtin wants is left out, since OPA names its operands.
enum CompilerCases {
  static let text = #"""
    === unsafe in body
    package t
    p if { x > 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === unsafe in head
    package t
    p contains x if { y = 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === unsafe value
    package t
    p := x
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === unsafe negation
    package t
    p if { not x = 1 }
    q if { not data.foo[x] }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:3: rego_unsafe_var_error: var x is unsafe
    === safe negation after
    package t
    p if { not x == 1; x = 2 }
    === unsafe closure
    package t
    p if { y := [x | x > 1] }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === unsafe comprehension head
    package t
    p if { y := [z | x = 1] }
    >>> m0.rego:2: rego_unsafe_var_error: var z is unsafe
    === unsafe in every
    package t
    p if { every x in [1, 2] { x > z } }
    >>> m0.rego:2: rego_unsafe_var_error: var z is unsafe
    === unsafe with
    package t
    p if { input.a == 1 with input.a as x }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === unify arrays
    package t
    p if { [x, y] = [1, z]; z = 3 }
    === unify arrays unsafe
    package t
    p if { [x, y] = [1, z] }
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var z is unsafe
    === unify objects
    package t
    p if { {"a": x} = {"a": 1} }
    === unify object unsafe key
    package t
    p if { {x: 1} = {"a": 1} }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === var ring
    package t
    p if { x = y; y = x }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    === output argument
    package t
    p if { startswith("a", "b", x); x == true }
    f(x) := x + 1
    q if { f(1, y); y == 2 }
    === reference to unbound root
    package t
    p if { x[1] = 2 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === domain unbound
    package t
    p if { some x in y }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    === undefined function
    package t
    p if { foo(1) }
    q := data.t.bar(2)
    r if { x := 1; foo.bar(x) }
    >>> m0.rego:2: rego_type_error: undefined function foo
    >>> m0.rego:3: rego_type_error: undefined function data.t.bar
    >>> m0.rego:4: rego_type_error: undefined function foo.bar
    === undefined method of package
    package t
    import data.lib
    p if { lib.f(1) }
    >>> m0.rego:3: rego_type_error: undefined function data.lib.f
    === arity builtin
    package t
    p if { count(1, 2, 3) }
    q := count()
    >>> m0.rego:2: rego_type_error: count: arity mismatch
    \#thave: (number, number, number)
    >>> m0.rego:3: rego_type_error: count: arity mismatch
    \#thave: (???)
    === arity user function
    package t
    f(x, y) := x
    p := f(1)
    q := f(1, 2, 3)
    r if { f(1) }
    >>> m0.rego:3: rego_type_error: function data.t.f has arity 2, got 1 argument
    >>> m0.rego:4: rego_type_error: function data.t.f has arity 2, got 3 arguments
    >>> m0.rego:5: rego_type_error: function data.t.f has arity 2, got 1 argument
    === shadowed function
    package t
    p if { count := 1; count([1]) }
    >>> m0.rego:2: rego_type_error: undefined function count
    === assigned above
    package t
    p if { x := 1; x := 2 }
    >>> m0.rego:2: rego_compile_error: var x assigned above
    === declared above
    package t
    p if { some x; some x; x = 1 }
    >>> m0.rego:2: rego_compile_error: var x declared above
    === referenced above
    package t
    p if { x = 1; x := 2 }
    >>> m0.rego:2: rego_compile_error: var x referenced above
    === arg redeclared
    package t
    f(x) if { x := 1 }
    >>> m0.rego:2: rego_compile_error: arg x redeclared
    === declared unused is fine
    package t
    p if { some x; input.a }
    >>> m0.rego:2: rego_compile_error: declared var x unused
    === assign to call
    package t
    p if { count(1) := 1 }
    >>> m0.rego:2: rego_compile_error: cannot assign to call
    === assign to reference
    package t
    p if { input.foo := 1 }
    >>> m0.rego:2: rego_compile_error: cannot assign to ref
    === assign in negation
    package t
    p if { not x := 1 }
    >>> m0.rego:2: rego_compile_error: cannot assign vars inside negated expression
    === shadow args
    package t
    f(input) := input
    >>> m0.rego:2: rego_compile_error: args must not shadow input (use a different variable name)
    === call in arguments
    package t
    f(count(x)) := x
    >>> m0.rego:2: rego_compile_error: rule arguments cannot contain calls
    === recursion
    package t
    p if { q }
    q if { p }
    >>> m0.rego:2: rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.q -> data.t.p
    >>> m0.rego:3: rego_recursion_error: rule data.t.q is recursive: data.t.q -> data.t.p -> data.t.q
    === recursion self
    package t
    p if { data.t.p }
    >>> m0.rego:2: rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p
    === recursion function
    package t
    f(x) := f(x - 1)
    >>> m0.rego:2: rego_recursion_error: rule data.t.f is recursive: data.t.f -> data.t.f
    === recursion dynamic
    package t
    p if { data.t[x] }
    >>> m0.rego:2: rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p
    === recursion through package
    package t.a
    p := data.t
    >>> m0.rego:2: rego_recursion_error: rule data.t.a.p is recursive: data.t.a.p -> data.t.a.p
    === recursion else
    package t
    p if { input.x } else := 2 if { p }
    >>> m0.rego:2: rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p
    === conflict kinds
    package t
    p contains 1
    p := 2
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.p found
    === conflict arity
    package t
    f(x) := 1
    f(x, y) := 2
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.f found
    === conflict function and rule
    package t
    f(x) := 1
    f := 2
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.f found
    === conflict children
    package t
    p.q := 1
    p.q.r := 2
    >>> m0.rego:2: rego_type_error: rule data.t.p.q conflicts with:
      rule data.t.p.q.r at m0.rego:3
    === conflict children several
    package t
    p := 1
    p.q.r := 2
    p.q.s := 3
    >>> m0.rego:2: rego_type_error: rule data.t.p conflicts with:
      rule data.t.p.q.r at m0.rego:3
      rule data.t.p.q.s at m0.rego:4
    === multiple defaults
    package t
    default p := 1
    default p := 2
    >>> m0.rego:1: rego_type_error: multiple default rules data.t.p found at m0.rego:2, m0.rego:3
    === partial and complete
    package t
    p[x] := 1 if { x := "a" }
    p := 2
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.p found
    === partial override is fine
    package t
    p[x] := 1 if { x := "a" }
    p.b := 2
    === with target unknown
    package t
    p if { input.x with foo as 1 }
    >>> m0.rego:2: rego_type_error: with keyword target must reference existing input, data, or a function
    === with target local
    package t
    p if { x := 1; x with x as 2 }
    >>> m0.rego:2: rego_type_error: with keyword target must reference existing input, data, or a function
    === with partially virtual
    package t
    q := {"a": 1}
    p if { q.a with data.t.q.a as 2 }
    >>> m0.rego:3: rego_compile_error: with keyword cannot partially replace virtual document(s)
    === with internal
    package t
    p if { 1 in [1] with internal.member_2 as 2 }
    >>> m0.rego:2: rego_compile_error: with keyword replacing built-in function: replacement of internal function "internal.member_2" invalid
    === with walk
    package t
    p if { walk([1], x) with walk as 2 }
    >>> m0.rego:2: rego_compile_error: with keyword replacing built-in function: target must not be a relation
    === with print
    package t
    p if { print(1) with print as 2 }
    === duplicate import
    package t
    import data.foo
    import data.bar.foo
    p := foo
    >>> m0.rego:3: rego_compile_error: import must not shadow import data.foo
    === rule named input
    package t
    input := 1
    >>> m0.rego:2: rego_compile_error: rules must not shadow input (use a different rule name)
    === rule named data
    package t
    data := 1
    >>> m0.rego:2: rego_compile_error: rules must not shadow data (use a different rule name)
    === local named input
    package t
    p if { input := 1; input == 1 }
    >>> m0.rego:2: rego_compile_error: variables must not shadow input (use a different variable name)
    === argument of some
    package t
    p if { some input; input = 1 }
    === print undeclared
    package t
    p if { print(x) }
    >>> m0.rego:2: rego_compile_error: var x is undeclared
    === print as value
    package t
    p := print(1)
    >>> m0.rego:2: rego_type_error: print(1) used as value
    === template undeclared
    package t
    p := $"a {x} b"
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === template wildcard
    package t
    p := $"a {data.foo[_]} b"
    >>> m0.rego:2: rego_compile_error: var _ is undeclared
    === function as value
    package t
    f(x) := x
    p := f
    >>> m0.rego:3: rego_type_error: function data.t.f used as reference, not called
    \#tdata.t.f
    \#t^^^^^^^^
    \#thave: (any) => any
    === type plus
    package t
    p := 1 + "a"
    >>> m0.rego:2: rego_type_error: plus: invalid argument(s)
    \#thave: (number, string, ???)
    === type of builtin argument
    package t
    p := count(true)
    q := startswith(1, "a")
    >>> m0.rego:2: rego_type_error: count: invalid argument(s)
    \#thave: (boolean, ???)
    >>> m0.rego:3: rego_type_error: startswith: invalid argument(s)
    \#thave: (number, string, ???)
    === type match
    package t
    p if { 1 = "a" }
    q if { x := 1; x = "a" }
    >>> m0.rego:2: rego_type_error: match error
    \#tleft  : number
    \#tright : string
    >>> m0.rego:3: rego_type_error: match error
    \#tleft  : number
    \#tright : string
    === type of user function
    package t
    f(x) if { x == "a" }
    p if { f([1]) }
    >>> m0.rego:3: rego_type_error: data.t.f: invalid argument(s)
    \#thave: (array<number>)
    === undefined ref
    package t
    p := {"a": 1}
    q := p.b
    r if { x := {"a": {"b": 2}}; x.a.c }
    >>> m0.rego:3: rego_type_error: undefined ref: data.t.p.b
    \#tdata.t.p.b
    \#t         ^
    \#t         have: "b"
    \#t         want (one of): ["a"]
    >>> m0.rego:4: rego_type_error: undefined ref: x.a.c
    \#tx.a.c
    \#t    ^
    \#t    have: "c"
    \#t    want (one of): ["b"]
    === undefined set member
    package t
    p := {1, 2}
    q := p["a"]
    >>> m0.rego:3: rego_type_error: undefined ref: data.t.p.a
    \#tdata.t.p.a
    \#t         ^
    \#t         have: "a"
    \#t         want (type): number
    === undefined ref into scalar
    package t
    p := 1
    q := p.foo
    >>> m0.rego:3: rego_type_error: undefined ref: data.t.p.foo
    \#tdata.t.p.foo
    \#t^^^^^^^^
    \#thave: number
    === type of reference into function
    package t
    f(x) := x
    q := data.t.f.foo
    >>> m0.rego:3: rego_type_error: function data.t.f.foo used as reference, not called
    \#tdata.t.f.foo
    \#t^^^^^^^^
    \#thave: (any) => any
    === every over number
    package t
    p if { every x in 5 { x } }
    === key of every
    package t
    p if { every k, v in {"a": 1} { k == 2; v == "x" } }
    === comprehension types
    package t
    p := sum([x | x := ["a"][_]])
    >>> m0.rego:2: rego_type_error: sum: invalid argument(s)
    \#thave: (array[string], ???)
    === object union
    package t
    p := object.union({"a": 1}, 5)
    >>> m0.rego:2: rego_type_error: object.union: invalid argument(s)
    \#thave: (object<a: number>, number, ???)
    === default function wildcard
    package t
    default f(_) := 1
    f(x) := 2 if x == 1
    === default function value
    package t
    default f(x) := 1
    === deprecated
    package t
    p := any([true])
    >>> m0.rego:2: rego_type_error: deprecated built-in function calls in expression: any
    === not boolean comparison
    package t
    p := 1 == "a"
    === type sum of mixed
    package t
    p := concat(1, ["a"])
    >>> m0.rego:2: rego_type_error: concat: invalid argument(s)
    \#thave: (number, array<string>, ???)
    === sprintf
    package t
    p := sprintf("%v", 1)
    >>> m0.rego:2: rego_type_error: sprintf: invalid argument(s)
    \#thave: (string, number, ???)
    === in operator
    package t
    p if { 1 in 5 }
    === template needs locals
    package t
    p := x if { x := $"a {y} b"; y := 1 }
    >>> m0.rego:2: rego_compile_error: var y referenced above
    === nested calls
    package t
    p := upper(concat(",", [lower(1)]))
    >>> m0.rego:2: rego_type_error: lower: invalid argument(s)
    \#thave: (number, ???)
    === arguments pattern type
    package t
    f([x, y]) := x
    p := f({1})
    >>> m0.rego:3: rego_type_error: data.t.f: invalid argument(s)
    \#thave: (set[number], ???)
    === relation output type
    package t
    p if { walk([1], 5) }
    >>> m0.rego:2: rego_type_error: walk: invalid argument(s)
    \#thave: (array<number>, number)
    === args shadow rule fine
    package t
    x := 1
    f(x) := x
    === package conflict
    package t
    b := 1
    ---
    package t.b
    c := 1
    >>> m0.rego:2: rego_type_error: rule data.t.b conflicts with:
      rule data.t.b.c at m1.rego:2
    >>> m0.rego:1: rego_type_error: package t.b conflicts with rule b defined at m0.rego:2
    === imported twice same
    package t
    import data.foo
    import data.foo
    p := foo
    >>> m0.rego:3: rego_compile_error: import must not shadow import data.foo
    === unused import ok
    package t
    import data.foo
    p := 1
    === else unsafe
    package t
    p := 1 if { input.x } else := y if { input.z }
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    === object key reference
    package t
    p := {input.x: 1}
    === some in with key
    package t
    p contains k if { some k, v in {"a": 1}; v == "b" }
    >>> m0.rego:2: rego_type_error: match error
    \#tleft  : number
    \#tright : string
    === partial head unsafe
    package t
    p[x] := y if { y := 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === partial head reference
    package t
    p[input.x] := 1
    === call chain
    package t
    p := x if { x := y; y := z; z := 1 }
    >>> m0.rego:2: rego_compile_error: var y referenced above
    >>> m0.rego:2: rego_compile_error: var z referenced above
    === late declared
    package t
    p if { y := x; x := 1 }
    >>> m0.rego:2: rego_compile_error: var x referenced above
    === same name in nested scope
    package t
    p if { x := 1; y := [x | x := 2]; y[0] == 2 }
    === unification of call
    package t
    p if { [x, y] = split("a/b", "/"); x == "a" }
    === dynamic call
    package t
    p := data.t[x](1) if { x := "f" }
    >>> m0.rego:2: rego_type_error: undefined function data.t[x]
    === rule as function
    package t
    p := 1
    q := p(1)
    >>> m0.rego:3: rego_type_error: function data.t.p has arity 0, got 1 argument
    === zero arity
    package t
    f() := 1
    q := f()
    >>> m0.rego:3: rego_type_error: undefined function data.t.f
    === wildcard in head
    package t
    p contains _ if { true }
    >>> m0.rego:2: rego_unsafe_var_error: var _ is unsafe
    === with value unsafe closure
    package t
    p if { x := [y | y := input.a with input as z] }
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var z is unsafe
    === error order
    package t
    b if { zz > 1 }
    a if { yy > 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var zz is unsafe
    >>> m0.rego:3: rego_unsafe_var_error: var yy is unsafe
    === several in one body
    package t
    p if { x > 1; y > x; not z }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var z is unsafe
    === two modules
    package a
    p if { x > 1 }
    ---
    package b
    q if { y > 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m1.rego:2: rego_unsafe_var_error: var y is unsafe
    === compare set literal
    package t
    p if { {1, 2} == [1, 2] }
    >>> m0.rego:2: rego_type_error: match error
    \#tleft  : set[number]
    \#tright : array<number, number>
    === number index of object
    package t
    p := x if { o := {"a": 1}; x := o[1] }
    >>> m0.rego:2: rego_type_error: undefined ref: o[1]
    \#to[1]
    \#t  ^
    \#t  have: 1
    \#t  want (one of): ["a"]
    === unknown input fine
    package t
    p := input.a.b.c + 1
    === boolean plus
    package t
    p := true + 1
    >>> m0.rego:2: rego_type_error: plus: invalid argument(s)
    \#thave: (boolean, number, ???)
    === minus sets
    package t
    p := {1} - 2
    === and or
    package t
    p := {1} & [1]
    >>> m0.rego:2: rego_type_error: and: invalid argument(s)
    \#thave: (set[number], array<number>, ???)
    === function returning number used as string
    package t
    f(x) := x + 1
    p := upper(f(1))
    >>> m0.rego:3: rego_type_error: upper: invalid argument(s)
    \#thave: (number, ???)
    === rule type union
    package t
    q := 1 if input.a
    q := "a" if input.b
    p := upper(q)
    r := q.foo
    >>> m0.rego:5: rego_type_error: undefined ref: data.t.q.foo
    \#tdata.t.q.foo
    \#t^^^^^^^^
    \#thave: any<number, string>
    === partial set iteration types
    package t
    q contains 1
    p if { upper(q[_]) == "A" }
    >>> m0.rego:3: rego_type_error: upper: invalid argument(s)
    \#thave: (number, ???)
    === partial object types
    package t
    q[x] := 1 if { x := input.z }
    p := upper(q.foo)
    >>> m0.rego:3: rego_type_error: upper: invalid argument(s)
    \#thave: (number, ???)
    === data reference into package
    package t
    q := 1
    p := data.t.zz
    r := data.other.zz
    === object with reference
    package t
    p := {"a": input.x}
    q := p.b
    >>> m0.rego:3: rego_type_error: undefined ref: data.t.p.b
    \#tdata.t.p.b
    \#t         ^
    \#t         have: "b"
    \#t         want (one of): ["a"]
    === any of objects
    package t
    q := {"a": 1} if input.x
    q := {"b": 1} if input.y
    p := q.c
    >>> m0.rego:4: rego_type_error: undefined ref: data.t.q.c
    \#tdata.t.q.c
    \#t         ^
    \#t         have: "c"
    \#t         want (one of): ["a" "b"]
    === json unmarshal unknown
    package t
    p := json.unmarshal("1").foo + 1
    === array concat
    package t
    p := array.concat([1], 2)
    >>> m0.rego:2: rego_type_error: array.concat: invalid argument(s)
    \#thave: (array<number>, number, ???)
    === every body unsafe key
    package t
    p if { every k, v in input.x { v == k; w } }
    >>> m0.rego:2: rego_unsafe_var_error: var w is unsafe
    === set of sets
    package t
    p := union({1, 2})
    >>> m0.rego:2: rego_type_error: union: invalid argument(s)
    \#thave: (set[number], ???)
    === type of args in head
    package t
    f(1, "a") := 1
    p := f("b", "a")
    >>> m0.rego:3: rego_type_error: data.t.f: invalid argument(s)
    \#thave: (string, string, ???)
    === has default arity
    package t
    default f(x, y) := 1
    f(x) := 2
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.f found
    === regex type
    package t
    p := regex.match(1, "a")
    >>> m0.rego:2: rego_type_error: regex.match: invalid argument(s)
    \#thave: (number, string, ???)
    === time
    package t
    p := time.now_ns() + "a"
    >>> m0.rego:2: rego_type_error: plus: invalid argument(s)
    \#thave: (number, string, ???)
    === output arg mismatch
    package t
    p if { count([1], "a") }
    >>> m0.rego:2: rego_type_error: count: invalid argument(s)
    \#thave: (array<number>, string)
    === strings any
    package t
    p := strings.any_prefix_match(1, "a")
    >>> m0.rego:2: rego_type_error: strings.any_prefix_match: invalid argument(s)
    \#thave: (number, string, ???)
    === every unused
    package t
    p if { every x in [1] { true } }
    >>> m0.rego:2: rego_compile_error: declared var x unused
    === some in comprehension unused
    package t
    p := [1 | some x]
    >>> m0.rego:2: rego_compile_error: declared var x unused
    === some used in head only
    package t
    p contains x if { some x }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === some unused args
    package t
    f(x) if { some y; x == 1 }
    >>> m0.rego:2: rego_compile_error: declared var y unused
    === assigned unused is fine
    package t
    p if { x := 1 }
    === v1 import unused input
    package t
    import input.foo
    import data.bar as baz
    p := baz
    === alias shadow
    package t
    import data.foo as x
    import data.bar as x
    p := x
    >>> m0.rego:3: rego_compile_error: import must not shadow import data.foo as x
    === rule shadows import
    package t
    import data.foo
    foo := 1
    === some shadows rule
    package t
    x := 1
    p if { some x in [2]; x == 2 }
    === assign shadows import
    package t
    import data.x
    p if { x := 1; x == 1 }
    === template of later
    package t
    p if { y = 1; x := $"a {y + 1} b {input.z}" }
    === template with index
    package t
    p if { x := $"a {input.z[i]}" }
    >>> m0.rego:2: rego_compile_error: var i is undeclared
    === print later
    package t
    p if { print(x + 1); x = 1 }
    >>> m0.rego:2: rego_compile_error: var x is undeclared
    === print undefined safe
    package t
    p if { print("a", input.x, [y | y := input.z]) }
    === print of negated
    package t
    p if { not print("a") }
    === arity ref
    package t
    p if { count(input.x, data.y, [z], {"a": 1}, {1, "b"}) }
    >>> m0.rego:2: rego_type_error: count: arity mismatch
    \#thave: (any, any, array<???>, object<a: number>, set[any<number, string>])
    === arity nested
    package t
    p := count(count([1]), 2)
    >>> m0.rego:2: rego_type_error: count: arity mismatch
    \#thave: (???, number, ???)
    === with fine
    package t
    p if { q with data.t.q as 2 with input.x as data.foo }
    q := 1
    === with eq
    package t
    p if { 1 == 1 with eq as 2 }
    >>> m0.rego:2: rego_compile_error: with keyword replacing built-in function: replacement of "eq" invalid
    === with nonexistent builtin
    package t
    p if { 1 == 1 with io.foo as 2 }
    >>> m0.rego:2: rego_type_error: with keyword target must reference existing input, data, or a function
    === with computed
    package t
    p if { 1 == 1 with data[x] as 2; x := "a" }
    >>> m0.rego:2: rego_compile_error: var x referenced above
    === assign to set
    package t
    p if { {x} := {1} }
    >>> m0.rego:2: rego_compile_error: cannot assign to set
    === assign to null
    package t
    p if { null := {1} }
    >>> m0.rego:2: rego_compile_error: cannot assign to null
    === assign to comprehension
    package t
    p if { [x | x := 1] := {1} }
    >>> m0.rego:2: rego_compile_error: cannot assign to arraycomprehension
    === assign nested
    package t
    p if { [x, {"a": [y]}] := [1, {"a": [2]}]; x < y }
    === assign same twice
    package t
    p if { [x, x] := [1, 2] }
    >>> m0.rego:2: rego_compile_error: var x assigned above
    === arg twice
    package t
    f(x, x) := x
    p := f(1, 1)
    === arg pattern with ref
    package t
    f(input.x) := 1
    p := f(1)
    >>> m0.rego:2: rego_unsafe_var_error: var input is unsafe
    === arg template
    package t
    f($"{x} b") := 42 if { x = "foo" }
    p := f("foo b")
    === head comprehension unsafe
    package t
    p := [x | y = 1]
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === head call unsafe
    package t
    p := count(x)
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === key and value unsafe
    package t
    p[x] := y
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    === contains unsafe call
    package t
    p contains upper(x)
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === nested not
    package t
    p if { not count([x | not x]) == 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === not some in
    package t
    p if { not "a" in {x | some x in ["b"]} }
    === local root of reference
    package t
    p if { x := input.a; x[i] == y[i]; y = [1] }
    === indirect call key
    package t
    p := {"a": 1}[x] if { x := "a" }
    === call root
    package t
    p := split("a/b", "/")[i]
    === conflict default missing
    package t
    default p := 1
    === default of partial
    package t
    default p := 1
    p contains 1
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.p found
    === default of function wrong arity
    package t
    default f(_, _) := 1
    f(x) := x
    >>> m0.rego:2: rego_type_error: conflicting rules data.t.f found
    === partial object conflict
    package t
    p.a.b := 1
    p.a[x] := 2 if { x := "c" }
    === partial set in object
    package t
    p.a contains 1
    p[x] := 2 if { x := "c" }
    === recursion three
    package t
    a := b
    b := c
    c := a
    d := a
    >>> m0.rego:3: rego_recursion_error: rule data.t.b is recursive: data.t.b -> data.t.c -> data.t.a -> data.t.b
    >>> m0.rego:4: rego_recursion_error: rule data.t.c is recursive: data.t.c -> data.t.a -> data.t.b -> data.t.c
    >>> m0.rego:2: rego_recursion_error: rule data.t.a is recursive: data.t.a -> data.t.b -> data.t.c -> data.t.a
    === recursion function through with
    package t
    f(x) := 1
    p := x if { x := f(1) with f as g }
    g(x) := f(x)
    === recursion in comprehension
    package t
    p := {x | x := p[_]}
    >>> m0.rego:2: rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p
    === unsafe in set
    package t
    p if { {x, 1} = {1, 2} }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === array with reference
    package t
    p if { [input.x, y] = [1, 2]; y }
    === reference with two unknowns
    package t
    p contains [i, j] if { data.foo[i][j] == 1 }
    === membership key
    package t
    p if { i, x in ["a"] }
    >>> m0.rego:2: rego_unsafe_var_error: var i is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === membership binds nothing
    package t
    p if { x in ["a"] }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === range loop
    package t
    p contains x if { numbers.range(1, 3)[_] = x }
    === every with reference domain unbound
    package t
    p if { every x in data.foo[y] { x } }
    === some in nested unbound
    package t
    p contains x if { some x in data.foo[y] }
    === mutual closures
    package t
    p if { x = [z | z = y[_]]; y = [w | w = x[_]] }
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === closure self
    package t
    p if { x = [z | z = x] }
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === object comprehension
    package t
    p := {k: v | some k, v in input.x; v > w}
    >>> m0.rego:2: rego_unsafe_var_error: var w is unsafe
    === rule name function call wrong case
    package t
    p := Count([1])
    >>> m0.rego:2: rego_type_error: undefined function Count
    === void output
    package t
    p if { x := print("a") }
    >>> m0.rego:2: rego_type_error: print("a") used as value
    === assignment does not bind its right side
    package t
    p if { v0 := v1; v0 = 1 }
    >>> m0.rego:2: rego_unsafe_var_error: var v1 is unsafe
    === unification binds its right side
    package t
    p if { v0 = v1; v0 = 1 }
    === assignment of a call
    package t
    f(x) := x
    p if { v0 := f(v1); v0 = 1 }
    >>> m0.rego:3: rego_unsafe_var_error: var v1 is unsafe
    === assignment of a later local
    package t
    p if { v0 := {"a": v1}; v1 = 1 }
    === assignment of a reference with a new local
    package t
    p if { v0 := input.x[v1]; v1 > 0; v0 }
    === nested pattern of an assignment
    package t
    p if { [v0, w] := [1, v1]; w = 3 }
    >>> m0.rego:2: rego_unsafe_var_error: var v1 is unsafe
    === some in its own domain
    package t
    p := {x | some k, v in v; x = k}
    >>> m0.rego:2: rego_unsafe_var_error: var k is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var v is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    === every unused in a longer body
    package t
    p if {
    \#tevery c in input.a {
    \#t\#tsome d in input.b
    \#t\#td
    \#t}
    }
    >>> m0.rego:4: rego_compile_error: declared var c unused
    === function name declared later
    package t
    p if {
    \#tx := x("a")
    }
    >>> m0.rego:3: rego_compile_error: var x referenced above
    === wildcards each
    package t
    p if { x[_][_] }
    >>> m0.rego:2: rego_unsafe_var_error: var _ is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var x is unsafe
    >>> m0.rego:2: rego_unsafe_var_error: var _ is unsafe
    === name that is a keyword
    package t
    p := foo.not(1)
    >>> m0.rego:2: rego_type_error: undefined function foo["not"]
    === function name that is a set
    package t
    p := {1, "b"}(1)
    >>> m0.rego:2: rego_type_error: undefined function {1, "b"}
    === conflict named once
    package t
    p := 1
    p.q contains 1
    p.q contains 2
    >>> m0.rego:2: rego_type_error: rule data.t.p conflicts with:
      rule data.t.p.q at m0.rego:3
    === call on both sides
    package t
    p if { upper("a") = count("b") }
    >>> m0.rego:2: rego_type_error: match error
    \#tleft  : string
    \#tright : number
    === index of a set
    package t
    p := x if { x := [1][{1}] }
    >>> m0.rego:2: rego_type_error: undefined ref: [1][{1}]
    \#t[1][{1}]
    \#t    ^
    \#t    have (type): set[number]
    \#t    want (type): number
    === object keys that differ
    package t
    p if { {"a": x, "b": y} = {"a": 1, "c": 2} }
    >>> m0.rego:2: rego_unsafe_var_error: var y is unsafe
    === rule value unsafe by its reference
    package t
    p := a[b][c] if { b := "b"; c := zz }
    a.b.c := true
    >>> m0.rego:2: rego_unsafe_var_error: var zz is unsafe
    === every body is not looked into
    package t
    p if { every x in [1] { startswith(x, {1}) } }
    === recursion of a partial object
    package t
    p[k] := v if { v := data.t.p[k] }
    >>> m0.rego:2: rego_recursion_error: rule data.t.p[k] is recursive: data.t.p[k] -> data.t.p[k]
    === some over a comprehension with the same name
    package t
    p := {x | some x in {x | some x in [1]}}
    q if { some x in [x | x := 1]; x == 1 }
    """#
}
