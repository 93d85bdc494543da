#!/usr/bin/env bash
# Runs the fuzz targets: run.sh [target|all] [seconds each]. What breaks a target is left in .build-fuzz/crashes.
set -euo pipefail
cd "$(dirname "$0")/../.."
wanted=${1:-all}
seconds=${2:-60}
build=.build-fuzz
export MARTLET_FUZZ=1
# The sanitizer finds what unsafe pointers read beyond their ends; the optimizer keeps the checks for overflow.
# Of two -sanitize options swiftc heeds the last alone, hence both again in one.
nice swift build -c release --product Fuzz --sanitize=fuzzer --sanitize=address --scratch-path "$build" \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing
# Printing a backtrace takes minutes; libFuzzer prints the input, which is enough to see it in a debugger.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=symbolize=0:detect_leaks=0
# Inputs of the conformance data, where there is some, are further seeds.
conformance=${MARTLET_CONFORMANCE:-../shared/conformance}
rm -rf "$build/conformance"
if [ -d "$conformance" ]; then Tests/Fuzz/conformance.py "$conformance" "$build/conformance"; fi
targets=()
for folder in Tests/Fuzz/Corpus/*/; do
  name=$(basename "$folder")
  if [ "$wanted" = all ] || [ "$wanted" = "$name" ]; then targets+=("$name"); fi
done
if [ ${#targets[@]} = 0 ]; then echo "no target named $wanted"; exit 2; fi
failed=()
for target in "${targets[@]}"; do
  found=$build/found/$target
  crashes=$build/crashes/$target
  mkdir -p "$found" "$crashes" "$build/conformance/$target"
  echo "fuzz: $target for $seconds s"
  FUZZ_TARGET=$target timeout -k 10 $((seconds + 120)) nice -n 19 "$build/release/Fuzz" "$found" "Tests/Fuzz/Corpus/$target" \
    "$build/conformance/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$crashes/" </dev/null >"$build/$target.log" 2>&1 || failed+=("$target")
  grep -E 'broken promise|SUMMARY|Test unit|DONE|stat::number_of_executed' "$build/$target.log" || tail -3 "$build/$target.log"
done
if [ ${#failed[@]} -gt 0 ]; then echo "broken: ${failed[*]}; see $build/*.log and $build/crashes"; exit 1; fi
