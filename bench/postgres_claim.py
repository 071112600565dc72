"""(p): a durable submit on PostgreSQL, against a bare loop that writes the same rows."""
import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from harness import Server, free_port

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the server that the tests start too
from support.postgres import Postgres  # noqa: E402

FILE_BYTES = 6144
CLIENTS = 64
RATIO = 0.4


class Node(Server):
    """One of several handin processes on one database. The first has the demo school's tokens."""

    def __init__(self, bench, data, database, first=None, students=30):
        super().__init__(bench, data, students,
                         ("--database", database, "--blobs", f"file:{data.parent}/files-of-{database.rpartition('/')[2]}"))
        self.port, self.first = free_port(), first

    def command(self):
        command = super().command()
        if self.first:
            at = command.index("--demo")
            del command[at:at + 3]
        return command

def school(bench, postgres, students):
    """A database with a demo school, to copy; and its data folder."""
    postgres.create("school")
    data = bench.folder / "pg-school"
    with Node(bench, data, postgres.url("school"), students=students):
        return data


def measure(bench, postgres, seed, nodes, plan):
    """Submits a second of `nodes` processes that share 64 clients, and the bytes of an event."""
    bench.copies += 1
    name = f"run{bench.copies}"
    postgres.sql(f"CREATE DATABASE {name} TEMPLATE school", database="postgres")
    running = []
    try:
        for number in range(nodes):
            data = bench.folder / f"{name}-{number}"
            if not number:
                shutil.copytree(seed, data)
            running.append(Node(bench, data, postgres.url(name), running[0] if number else None).__enter__())
        share = plan.students // nodes
        drivers = [subprocess.Popen(
            [bench.binary, "bench", "submit", "--demo", running[0].data / "demo.json",
             f"--base-url=http://127.0.0.1:{node.port}", f"--clients={CLIENTS // nodes}",
             f"--seconds={plan.submit_seconds}", f"--file-bytes={FILE_BYTES}",
             f"--first-student={number * share}", f"--students={share}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for number, node in enumerate(running)]
        results = []
        for driver in drivers:
            out, err = driver.communicate()
            if driver.returncode or json.loads(out)["errors"]:
                raise RuntimeError(f"handin bench: {err or out}")
            results.append(json.loads(out))
        [row] = postgres.sql("SELECT avg(length(event))::bigint, count(*) FROM outbox", name)
        event_bytes, rows = map(int, row.split("|"))
        acknowledged = sum(result["requests"] for result in results)
        if rows < acknowledged:
            raise RuntimeError(f"{acknowledged} submits acknowledged, but {rows} events")
        return {"per_second": sum(result["per_second"] for result in results), "event_bytes": event_bytes,
                "p99_ms": max(result["p99_ms"] for result in results)}
    finally:
        for node in running:
            node.__exit__()


def bare(bench, postgres, event_bytes, plan):
    bench.copies += 1
    name = f"bare{bench.copies}"
    postgres.create(name)
    done = subprocess.run([bench.programs / "bench_bare_unnest", "--url", postgres.url(name),
                           f"--depth={CLIENTS}", f"--seconds={plan.submit_seconds}",
                           f"--file-bytes={FILE_BYTES}", f"--event-bytes={event_bytes}"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def durable_submits_on_postgres(bench, plan):
    postgres = Postgres(bench.folder)
    try:
        postgres.start()
        seed = school(bench, postgres, plan.students)
        runs = {nodes: [] for nodes in (1, 2, 3)}
        bares = []
        for _ in range(plan.rounds):
            for nodes, results in runs.items():
                results.append(measure(bench, postgres, seed, nodes, plan))
            bares.append(bare(bench, postgres, runs[1][-1]["event_bytes"], plan))
        loops = [each["per_second"] for each in bares]
        for nodes, results in runs.items():
            rates = [result["per_second"] for result in results]
            ratio = round(median(a / b for a, b in zip(rates, loops)), 2)
            bench.emit("p", clients=CLIENTS, processes=nodes, file_bytes=FILE_BYTES,
                       handin=round(median(rates)), bare=round(median(loops)), ratio=ratio,
                       p99_ms=median(result["p99_ms"] for result in results),
                       rounds={"handin": rates, "bare": loops},
                       at_least=("ratio", RATIO) if nodes == 1 else None)
    finally:
        postgres.close()
