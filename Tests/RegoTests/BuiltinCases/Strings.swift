// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let strings: [(call: String, expected: String)] = [
    (#"object.subset([], set())"#, #"false"#),
    (#"object.subset([1], set())"#, #"true"#),
    (#"object.subset([1,1], {1,2})"#, #"true"#),
    (#"object.union_n([{"a": {"b": 2}}, {"a": 4}, {"a": {"c": 3}}])"#, #"{"a": {"c": 3}}"#),
    (#"array.flatten([[1,[2]],3])"#, #"[1, [2], 3]"#),
    (
      #"sprintf("%d %s %v %q %x %5d|%-5s|%05d %t %f %.2f %e %g %c %U %%", [1, "a", [1], "q", 255, 42, "ab", 7, true, 1.5, 2.345, 12345.678, 0.00001, 65, 66])"#,
      #""1 a [1] \"q\" ff    42|ab   |00007 %!t(string=true) 1.500000 2.35 1.234568e+04 1e-05 A U+0042 %""#
    ),
    (#"sprintf("%d %s", [1])"#, #""1 %!s(MISSING)""#),
    (#"sprintf("%d", ["a"])"#, #""%!d(string=a)""#),
    (#"sprintf("%s", [1])"#, #""%!s(int64=1)""#),
    (#"sprintf("%d", [1.5])"#, #""%!d(float64=1.5)""#),
    (#"sprintf("x", [1, "b"])"#, #""x%!(EXTRA int64=1, string=b)""#),
    (#"sprintf("%z %!", [1])"#, #""%!z(int64=1) %!!(MISSING)""#),
    (#"sprintf("%v %v", [123456789012345678901234567890, 1e50])"#, #""123456789012345678901234567890 1e50""#),
    (
      #"sprintf("%d %x %s", [123456789012345678901234567890, 123456789012345678901234567890, 123456789012345678901234567890])"#,
      #""123456789012345678901234567890 18ee90ff6c373e0ee4e3f0ad2 123456789012345678901234567890""#
    ),
    (#"sprintf("%+d % d %#x %#o %b %o %O %X", [5, 5, 255, 8, 5, 8, 8, 255])"#, #""+5  5 0xff 010 101 10 0o10 FF""#),
    (#"sprintf("%[2]d %[1]d %[3]*.[2]*[1]f|", [1, 2, 3])"#, #""2 1 %!f(int64= 01)|""#),
    (#"sprintf("%*d|%-*d|%.*f", [5, 1, 5, 2, 2, 1.5])"#, #""    1|2    |1.50""#),
    (
      #"sprintf("%T %T %T %T %T", [1, "a", 1.5, [1], 123456789012345678901234567890])"#,
      #""int64 string float64 string *big.Int""#
    ),
    (#"sprintf("%t", ["x"])"#, #""%!t(string=x)""#),
    (#"sprintf("%x %X % x %#x", ["hello", "hi", "abc", "abc"])"#, #""68656c6c6f 6869 61 62 63 0x616263""#),
    (
      #"sprintf("%.3s|%5.1s|%.2v|%q|%+q|%#q", ["héllo", "héllo", "héllo", "é", "é", "a`b"])"#,
      #""hél|    h|hé|\"é\"|\"\\u00e9\"|\"a`b\"""#
    ),
    (#"sprintf("%v %v %v %v", [true, null, {"a": 1}, {1,2}])"#, #""true null {\"a\": 1} {1, 2}""#),
    (#"sprintf("%s %d %q %x", [true, true, true, true])"#, #""true %!d(string=true) \"true\" 74727565""#),
    (
      #"sprintf("%v %6.2f|%-8.3f|%+.1e|%G|%g|%g", [1.5, 3.14159, 2.5, 12345.678, 1e-10, 100000.5, 1e21])"#,
      #""1.5   3.14|2.500   |+1.2e+04|%!G(string=1e-10)|100000.5|%!g(string=1e21)""#
    ),
    (
      #"sprintf("%f %d", [123456789012345678901234567890, 1e3])"#,
      #""%!f(big.Int=123456789012345678901234567890) %!d(string=1e3)""#
    ),
    (#"sprintf("%v %v %v", [0.1, 1e100, 1e-7])"#, #""0.1 1e100 1e-7""#),
    (#"sprintf("%c|%q|%U|%#U", [128512, 128512, 128512, 128512])"#, #""😀|'😀'|U+1F600|U+1F600 '😀'""#),
    (#"sprintf("%08.3f|%+v|%#v|%#v|%#v", [3.14159, "a", "a", 1, 1.5])"#, #""0003.142|a|\"a\"|1|1.5""#),
    (#"sprintf("%", [1])"#, #""%!(NOVERB)%!(EXTRA int64=1)""#),
    (#"sprintf("%!", [])"#, #""%!!(MISSING)""#),
    (#"sprintf("%s", [[1,"a"]])"#, #""[1, \"a\"]""#),
    (#"sprintf("%d %d", [1.0, 1e2])"#, #""1 %!d(string=1e2)""#),
    (#"sprintf("%v", [1e400])"#, #""1e400""#),
    (#"sprintf("%10v|%-10v|%010d", ["a", "b", -5])"#, #""         a|b         |-000000005""#),
    (#"sprintf("%x %o %b", [-255, -8, -5])"#, #""-ff -10 -101""#),
    (#"sprintf("%6.3d|%+.3d|%x", [5, 5, 1.5])"#, #""   005|+005|0x1.8p+00""#),
    (#"sprintf("%p %w", [1, 1])"#, #""%!p(int64=1) %!w(int64=1)""#),
    (#"sprintf("%e %E %.0f %5.f", [1, 1, 2.5, 2.5])"#, #""%!e(int64=1) %!E(int64=1) 2     2""#),
    (#"split("abc", "")"#, #"["a", "b", "c"]"#),
    (#"split("", "")"#, #"[]"#),
    (#"split("", ",")"#, #"[""]"#),
    (#"split("a,b,,c", ",")"#, #"["a", "b", "", "c"]"#),
    (#"strings.split_n("a,b,c", ",", 2)"#, #"["a", "b"]"#),
    (#"strings.split_n("a,b,c", ",", 0)"#, #"[]"#),
    (#"strings.split_n("a,b,c", ",", -1)"#, #"["c"]"#),
    (#"strings.split_n("a,b,c", ",", 1)"#, #"["a"]"#),
    (#"strings.split_n("abc", "", 2)"#, #"["a", "b"]"#),
    (#"strings.split_n("abc", "x", 2)"#, #"["abc"]"#),
    (#"strings.split_n("abc", "x", 0)"#, #"[]"#),
    (
      #"strings.split_n("a,b,c", ",", 1.5)"#,
      #"! eval_type_error: strings.split_n: operand 3 must be integer number but got floating-point number"#
    ),
    (#"replace("abc", "", "x")"#, #""xaxbxcx""#),
    (#"replace("aXbX", "X", "")"#, #""ab""#),
    (#"replace("éa", "", "-")"#, #""-\xc3-\xa9-a-""#),
    (#"strings.replace_n({"a": "b", "b": "c", "": "-"}, "abé")"#, #""-b-c-\xc3-\xa9-""#),
    (#"strings.count("aaa", "")"#, #"4"#),
    (#"indexof("abc", "")"#, #"! eval_builtin_error: indexof: empty search character"#),
    (#"indexof_n("abc", "")"#, #"! eval_builtin_error: indexof_n: empty search character"#),
    (#"indexof("héllo", "l")"#, #"2"#),
    (#"indexof_n("aaa", "aa")"#, #"[0, 1]"#),
    (#"indexof_n("abc", "z")"#, #"[]"#),
    (#"substring("abc", -1, 2)"#, #"! eval_builtin_error: substring: negative offset"#),
    (#"substring("héllo", 1, 2)"#, #""él""#),
    (#"substring("abc", 1, -1)"#, #""bc""#),
    (#"substring("abc", 5, 1)"#, #""""#),
    (
      #"substring("abc", 1.5, 1)"#,
      #"! eval_type_error: substring: operand 2 must be integer number but got floating-point number"#
    ),
    (#"format_int(15.7, 2)"#, #""1111""#),
    (#"format_int(-255, 16)"#, #""-ff""#),
    (#"format_int(15, 3)"#, #"! eval_type_error: format_int: operand 2 must be one of {2, 8, 10, 16}"#),
    (#"format_int(15, 2.0)"#, #"! eval_type_error: format_int: operand 2 must be one of {2, 8, 10, 16}"#),
    (#"format_int(1.9, 10)"#, #""1""#),
    (#"format_int(123456789012345678901234567890, 16)"#, #""18ee90ff6c373e0ee4e3f0ad2""#),
    (#"format_int(123456789012345678901234567890, 10)"#, #""123456789012345678901234567890""#),
    (#"concat(",", {"b","a"})"#, #""a,b""#),
    (#"lower("ÀÉİSS")"#, #""àéiss""#),
    (#"upper("àßŉǆᾳ")"#, #""ÀßŉǄᾼ""#),
    (#"trim("xxabcxx", "x")"#, #""abc""#),
    (#"trim_left("éabé", "é")"#, #""abé""#),
    (#"trim_space("\u00a0 a\t\u2003")"#, #""a""#),
    (#"strings.reverse("héa")"#, #""aéh""#),
    (#"strings.any_prefix_match("", "")"#, #"true"#),
    (#"strings.any_prefix_match([], "")"#, #"false"#),
    (#"strings.any_prefix_match(["ab","cd"], {"c"})"#, #"true"#),
    (#"strings.any_suffix_match(["ab","cd"], {"d", "x"})"#, #"true"#),
    (
      #"sprintf("%v %v %v", [1234567.5, 12345678901234567890.5, 0.00001])"#,
      #""1.2345675e+06 1.2345678901234567e+19 1e-05""#
    ),
  ]
}
