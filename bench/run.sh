#!/usr/bin/env bash
# Runs the benchmarks against the real server on loopback and prints a JSON line for each claim
# (bench/README.md says how to read them). Usage:
#   bench/run.sh [--quick] [--keep] [a b c d e f g h k p r s w]       no letter: all
# Environment:
#   HANDIN_BINARY       the server (default build/handin)
#   HANDIN_BUILD        build folder of the reference programs (default build/release)
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${HANDIN_BINARY:-build/handin}
build=${HANDIN_BUILD:-build/release}

if [ ! -x "$binary" ]; then
    echo "bench: $binary is not there: run 'make build'" >&2
    exit 1
fi
ninja --quiet -C "$build" benchmarks >&2
exec python3 bench/run.py --binary "$binary" --programs "$build" "$@"
