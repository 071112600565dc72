#!/usr/bin/env bash
# Runs every target of tests/fuzz, built in DIR, for some seconds: from its seeds in
# tests/fuzz/corpus/TARGET (with the words of tests/fuzz/TARGET.dict, if there are any) and from
# what earlier runs found in build/corpus.
# Usage: scripts/fuzz.sh DIR SECONDS
set -euo pipefail
dir=$1 seconds=$2
shopt -s nullglob
sources=(tests/fuzz/*_fuzz.cpp)
if [ ${#sources[@]} -eq 0 ]; then
    echo "fuzz: no targets in tests/fuzz"
    exit 0
fi

# fuzz_one TARGET: quiet unless it fails; the input that did it stays in build/corpus.
fuzz_one() {
    local name found seeds log
    name=$(basename "$1")
    found=build/corpus/$name seeds=tests/fuzz/corpus/$name
    dict=tests/fuzz/$name.dict log=build/corpus/$name.log
    mkdir -p "$found"
    [ -d "$seeds" ] || seeds=
    [ -f "$dict" ] || dict=
    if scripts/sanitized.sh "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -artifact_prefix="$found-" -print_final_stats=1 ${dict:+-dict="$dict"} "$found" ${seeds:+"$seeds"} >"$log" 2>&1; then
        echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no fault"
    else
        tail -n 60 "$log"
        echo "fuzz: $name FAILED; run it again with the input named above"
        return 1
    fi
}

failed=0
for source in "${sources[@]}"; do
    fuzz_one "$dir/$(basename "$source" .cpp)" || failed=$((failed + 1))
done
[ "$failed" -eq 0 ]
