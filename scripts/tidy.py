#!/usr/bin/env python3
"""Runs clang-tidy on every source of src/ and tests/ that changed since it last passed.

Usage: tidy.py BUILD [FILE...]     BUILD holds compile_commands.json and the precompiled header.

A file counts as changed when it, one of our headers that it includes, its compile command,
.clang-tidy or clang-tidy itself did. What passed is remembered by its content in ~/.cache/handin,
so another clone on the same machine profits too.
"""
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check_includes import INCLUDE

ROOT = Path(__file__).parents[1]
PASSED = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "handin" / "tidy"
TIDY = "clang-tidy-19"
ROOTS = [ROOT / "src", ROOT / "tests" / "unit"]  # where #include "..." looks


def closure(path, seen):
    """The file and all of our headers below it."""
    if path in seen:
        return
    seen.add(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        if (match := INCLUDE.match(line)) and match[1]:
            for folder in [path.parent, *ROOTS]:
                if (folder / match[1]).is_file():
                    closure((folder / match[1]).resolve(), seen)
                    break


def key(entry, common):
    files = set()
    closure(Path(entry["file"]), files)
    digest = hashlib.sha256(common + entry["command"].replace(str(ROOT), ".").encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def check(build, entry, common):
    stamp = PASSED / key(entry, common)
    if stamp.exists():
        return None
    run = subprocess.run([TIDY, "--quiet", "-p", build, entry["file"]],
                         capture_output=True, text=True, check=False)
    if run.returncode == 0:
        stamp.touch()
    return run.returncode == 0, run.stdout + ("" if run.returncode == 0 else run.stderr)


def main():
    build, only = sys.argv[1], {str(Path(name).resolve()) for name in sys.argv[2:]}
    entries = {}
    for entry in json.loads(Path(build, "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"])
        ours = any(path.is_relative_to(ROOT / part) for part in ("src", "tests"))
        if ours and not path.is_relative_to(ROOT / "build") and (not only or str(path) in only):
            entries[str(path)] = entry
    PASSED.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes() + (ROOT / "cmake/pch.hpp").read_bytes()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda entry: check(build, entry, common), entries.values()))
    run = [result for result in results if result]
    failed = [output for passed, output in run if not passed]
    for output in failed:
        print(output)
    print(f"tidy: {len(entries)} files, {len(run)} checked, "
          f"{len(results) - len(run)} unchanged since they passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
