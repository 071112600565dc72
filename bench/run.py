#!/usr/bin/env python3
"""Started by run.sh: the order of the claims and how long each may take."""
import argparse
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import claims
import events
import postgres_claim
import s3
from harness import Bench

ALL = "abcdefghkprsw"


@dataclass(frozen=True)
class Plan:
    rounds: int
    submit_seconds: float  # a point of (a), a round of (r)
    open_seconds: float    # a round of (c)
    get_seconds: float     # a round of (d)
    parse_repeats: int
    students: int          # more than can hand in during one measurement
    surge: int             # students of (g), who come at 20,000 a minute
    uploads: int           # of (h), at once
    upload_bytes: int
    s3_files: int          # of 64 MiB, a round of (s)
    events: int            # that drain in a round of (k) and (w)


FULL = Plan(rounds=3, submit_seconds=6, open_seconds=10, get_seconds=5, parse_repeats=7, students=120_000,
            surge=20_000, uploads=64, upload_bytes=100 * 2**20, s3_files=8,
            events=40_000)
QUICK = Plan(rounds=3, submit_seconds=1, open_seconds=2, get_seconds=1, parse_repeats=3, students=20_000,
             surge=3_000, uploads=16, upload_bytes=20 * 2**20, s3_files=4,
             events=5_000)


def main():
    parser = argparse.ArgumentParser(prog="bench/run.sh")
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help=f"of {' '.join(ALL)}; none: all")
    parser.add_argument("--quick", action="store_true", help="about a minute; the figures are rough")
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder behind")
    parser.add_argument("--binary", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    wanted = options.claims or list(ALL)
    if unknown := set(wanted) - set(ALL):
        parser.error(f"no such claim: {' '.join(sorted(unknown))}")
    plan = QUICK if options.quick else FULL

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # On the disk of the repository: a tmpfs would make every sync free.
    folder = Path("build/bench").resolve() / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    bench = Bench(options.binary.resolve(), options.programs.resolve(), folder)
    begun = time.monotonic()
    try:
        bench.emit_machine()
        peak = None
        if "a" in wanted or "c" in wanted:
            peak = claims.durable_submits(bench, plan, depths=(1, 16, 64) if "a" in wanted else (64,))
        if "b" in wanted:
            claims.json_bytes(bench, plan)
        if "c" in wanted:
            claims.tail_at_half_peak(bench, plan, peak)
        if "d" in wanted:
            claims.get_against_nginx(bench, plan)
        if "e" in wanted:
            claims.start_and_idle(bench, plan)
        if "f" in wanted:
            claims.tls(bench, plan)
        if "g" in wanted:
            claims.surge(bench, plan)
        if "h" in wanted:
            claims.large_files(bench, plan)
        if "k" in wanted:
            events.kafka(bench, plan)
        if "p" in wanted:
            postgres_claim.durable_submits_on_postgres(bench, plan)
        if "r" in wanted:
            claims.receipts(bench, plan)
        if "s" in wanted:
            s3.uploads(bench, plan)
        if "w" in wanted:
            events.https(bench, plan)
    finally:
        bench.close()
        if not options.keep:  # only now: deleting many files slows down creating some (stack.md 4)
            shutil.rmtree(folder, ignore_errors=True)
    bench.say(f"done in {time.monotonic() - begun:.0f} s; missed: {' '.join(bench.missed) or 'nothing'}")


if __name__ == "__main__":
    main()
