#!/usr/bin/env python3
"""Checks the one-way include rule of src/ (docs/architecture.md).

Usage: check_includes.py [SRC]      prints file:line and the rule for each breach, exits 1 if any.

The three tables below are the rule; the code only looks things up in them.
"""
import re
import sys
from pathlib import Path

# 1. Which parts of src/ a part may include, besides itself. A part is a folder or the beginning of
#    a file's path; the longest name that fits counts.
MAY_INCLUDE = {
    "base": [],
    "domain": ["base"],
    "store": ["domain", "base"],
    "blob": ["domain", "base"],
    "blob/s3": ["blob", "domain", "base", "http/client", "http/uri"],
    "scan": ["blob", "base"],
    "service": ["store", "blob", "scan", "domain", "base"],
    "events": ["domain", "base"],
    "events/sinks": ["events", "domain", "base", "http/client"],
    "lms": ["domain", "base", "http/client"],
    "outbox": ["store", "events", "lms", "domain", "base"],
    "receipt": ["domain", "base"],
    "http": ["base"],
    "api": ["service", "blob", "http", "domain", "base"],
    "api/admin": ["api", "service", "outbox", "receipt", "events", "blob", "http", "domain", "base"],
    "app": ["*"],  # wires everybody
}

# 2. Folders whose children are siblings that must not know each other, nor be known by anyone but
#    the files named: adding or removing one is one folder and a line in app/.
SIBLINGS = {
    "api": "a dialect does not include another dialect",
    "store": "callers use the port store/, not an engine",
    "blob": "callers use the port blob/, not an engine",
    "lms": "callers use the port lms/, not a connector",
    "events/sinks": "a sink does not include another sink",
}
SIBLINGS_SEEN_BY = ["app"]
SHARED = ["store/schema"]  # looks like a sibling, but is for all of them

# 3. Where a library's headers may be named. Files are given by the beginning of their path.
LIBRARIES = {
    r"boost/beast": ["http/"],
    r"boost/asio/ssl": ["http/"],
    r"curl/": ["http/client"],
    r"sqlite3\.h$|SQLiteCpp/": ["store/sqlite/"],
    r"libpq-fe\.h$": ["store/postgres/"],
    r"spdlog/": ["base/log.cpp"],
    r"prometheus/": ["base/metrics"],
    r"cjose/": ["base/jwt"],
    r"librdkafka/": ["events/sinks/kafka/"],
    r"pugixml": ["blob/s3/"],
    r"magic\.h$": ["blob/", "service/"],
    r"date/": ["base/zone.cpp"],
    r"archive(_entry)?\.h$": ["service/roster/", "app/administration/"],
    r"CLI/|toml\+\+/": ["app/"],
}

# Slow to compile, so nobody outside may include it even by way of another header.
CONFINED = r"boost/beast"
CONFINED_TO = "http/"

# The domain is pure: values and rules, no I/O, no clock, no JSON, no chance.
PURE = "domain/"
PURE_ALLOWS = re.compile(r"[a-z_]+$")  # the C++ standard library; C and POSIX headers have a dot
PURE_REFUSES = re.compile(
    r"(iostream|fstream|filesystem|thread|mutex|shared_mutex|condition_variable|future|random)$"
    r"|base/(log|metrics|pool|random|task)")

INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


class Source:
    """The includes of every file below `root`; files are named by their path below it."""

    def __init__(self, root):
        self.root = Path(root)
        paths = sorted(p for p in self.root.rglob("*") if p.suffix in (".cpp", ".hpp"))
        self.files = {p.relative_to(self.root).as_posix() for p in paths}
        self.includes = {name: list(self._read(name)) for name in sorted(self.files)}

    def _read(self, name):
        text = (self.root / name).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if match := INCLUDE.match(line):
                yield number, self._resolve(name, match[1] or match[2])

    def _resolve(self, name, target):
        """The included file's path below the root if it is ours, otherwise what was written."""
        beside = (Path(name).parent / target).as_posix()
        parts = []
        for part in beside.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        beside = "/".join(parts)
        return beside if beside in self.files else target

    def reaches(self, name, pattern):
        """Whether a file includes a matching header, by itself or by way of others."""
        seen, waiting = set(), [name]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for _, target in self.includes.get(current, []):
                if re.match(pattern, target):
                    return True
                waiting.append(target)
        return False


def below(name, part):
    """Whether a file belongs to a part: http/client names client.hpp, client_pool.cpp and client/."""
    return part == "*" or re.match(re.escape(part) + r"[/._]", name) is not None


def part_of(name):
    fitting = [part for part in MAY_INCLUDE if below(name, part)]
    return max(fitting, key=len, default=None)


def sibling_of(name):
    """(folder, child) if the file lies in a child of one of SIBLINGS."""
    if any(below(name, shared) for shared in SHARED):
        return None
    for folder in sorted(SIBLINGS, key=len, reverse=True):
        rest = name.removeprefix(folder + "/")
        if rest != name and "/" in rest:
            return folder, rest.split("/")[0]
    return None


def breach(source, name, target):
    """Why `name` must not include `target`, or None."""
    ours = target in source.files
    if name.startswith(PURE):
        if PURE_REFUSES.match(target) or not (ours or PURE_ALLOWS.match(target)):
            return "domain is pure: only itself, the values in base and the C++ standard library"
    if not ours:
        for pattern, places in LIBRARIES.items():
            if re.match(pattern, target) and not any(name.startswith(p) for p in places):
                return f"belongs only in {' or '.join(places)}"
        return None

    part = part_of(name)
    if part is None:
        return "this folder is not in the table of scripts/check_includes.py"
    if not any(below(target, allowed) for allowed in [part, *MAY_INCLUDE[part]]):
        return f"{part} may include only {', '.join(MAY_INCLUDE[part]) or 'itself'}"
    sibling, mine = sibling_of(target), sibling_of(name)
    if sibling and sibling != mine and not any(below(name, s) for s in SIBLINGS_SEEN_BY):
        return SIBLINGS[sibling[0]]
    if not name.startswith(CONFINED_TO) and source.reaches(target, CONFINED):
        return f"brings in {CONFINED}, which stays inside {CONFINED_TO}"
    return None


def breaches(source):
    for name, includes in source.includes.items():
        for number, target in includes:
            if reason := breach(source, name, target):
                yield f"{source.root / name}:{number}: {target}: {reason}"


def main():
    source = Source(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "src")
    found = list(breaches(source))
    print("\n".join(found) if found else f"includes: {len(source.files)} files, all one-way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
