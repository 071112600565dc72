#!/usr/bin/env bash
# Runs the unit tests of a coverage build, prints the covered lines of src/ by file and writes the
# annotated sources to DIR/html.
# Usage: scripts/coverage.sh DIR
set -euo pipefail
dir=$1
rm -rf "$dir/profiles" "$dir/html"
LLVM_PROFILE_FILE="$PWD/$dir/profiles/%p.profraw" ctest --test-dir "$dir" --output-on-failure --no-tests=error -j2
llvm-profdata-19 merge -sparse -o "$dir/all.profdata" "$dir"/profiles/*.profraw
objects=()
for program in "$dir"/unit_*; do
    if [ -f "$program" ] && [ -x "$program" ]; then objects+=(-object "$program"); fi
done
llvm-cov-19 show "${objects[@]:1}" -instr-profile "$dir/all.profdata" -format=html -output-dir="$dir/html" \
    -ignore-filename-regex='/(tests|usr)/'
llvm-cov-19 report "${objects[@]:1}" -instr-profile "$dir/all.profdata" \
    -ignore-filename-regex='/(tests|usr)/'
echo "coverage: the lines are in $dir/html/index.html"
