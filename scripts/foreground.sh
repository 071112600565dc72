#!/usr/bin/env bash
# Runs a program so that Ctrl-C reaches it and not make: it stops in its own way and its exit code
# is what counts.
set -euo pipefail
if [ -t 0 ]; then
    set -m # on a terminal, job control gives the program a process group of its own
    "$@"
else
    exec "$@"
fi
