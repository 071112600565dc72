#!/usr/bin/env bash
# Runs a program built with sanitizers: the first report ends it, with symbols in the stack.
set -euo pipefail
symbolizer=$(command -v llvm-symbolizer-19)
export ASAN_SYMBOLIZER_PATH=$symbolizer UBSAN_SYMBOLIZER_PATH=$symbolizer TSAN_SYMBOLIZER_PATH=$symbolizer
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
suppressions=$(dirname "$(realpath "$0")")/tsan.supp
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$suppressions
export HANDIN_SANITIZED=1  # tests that measure memory allow for the sanitizer
exec "$@"
