#!/usr/bin/env bash
# Names the files whose format is not what clang-format makes of them.
# Usage: scripts/check_format.sh FILE...
set -euo pipefail
wrong=$(printf '%s\n' "$@" | xargs -r clang-format-19 --dry-run 2>&1 |
    sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: warning: code should be clang-formatted.*/\1/p' | sort -u)
if [ -n "$wrong" ]; then
    echo "$wrong"
    echo "format: $(wc -l <<<"$wrong") of $# files differ from .clang-format; make fmt puts them right"
    exit 1
fi
echo "format: $# files, all formatted"
