"""The primary of a Patroni cluster with a synchronous standby goes, all of it, under load: writes go on at the standby
by themselves, and everything that was acknowledged is there once with its events. HANDIN_FAILOVERS says how often."""
import os
import random
import threading
import time

import pytest
import requests

from crash.check import Check
from crash.load import work_until_gone
from crash.rounds import SEED
from crash.told import Told
from cluster.rounds import ClusterWriter
from support.cluster import Cluster
from support.patroni import TTL, Patroni

FAILOVERS = int(os.environ.get("HANDIN_FAILOVERS", "1"))
STUDENTS = 20
THREADS = 4
PATIENCE = TTL + 60  # seconds until writes go on
BEFORE = 60          # so many are acknowledged before the primary goes, and afterwards


@pytest.fixture
def database():
    made = Patroni()
    try:
        yield made.start().create()
    finally:
        made.close()


@pytest.fixture
def cluster(database, tmp_path):
    made = Cluster(tmp_path, students=STUDENTS, database=database)
    try:
        yield made.start()
    finally:
        for node in made.nodes:
            node.close()


def wait_for(writers, answers):
    """Until so many more are acknowledged; the seconds."""
    start = time.monotonic()
    enough = sum(len(writer.answers) for writer in writers) + answers
    while sum(len(writer.answers) for writer in writers) < enough:
        assert time.monotonic() < start + PATIENCE, "nothing is acknowledged any more"
        time.sleep(0.05)
    return time.monotonic() - start


def fail_over(cluster, writers, chance):
    """Seconds in which nothing was acknowledged."""
    ended = threading.Event()
    threads = [threading.Thread(target=work_until_gone, args=(
        writers[start::THREADS], random.Random(chance.random()), ended)) for start in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        wait_for(writers, BEFORE)
        old = cluster.database.primary()
        old.kill()
        # What was under way may still be answered; the standby takes over after the end of the lease.
        cluster.database.wait(lambda: cluster.database.primary() not in (None, old))
        waited = wait_for(writers, 1)
        wait_for(writers, BEFORE)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    return old, waited


def test_failover(cluster, capsys):
    chance = random.Random(SEED)
    writers = [ClusterWriter(cluster, index) for index in range(STUDENTS)]
    check = Check()
    told = Told()
    lines = []
    for _ in range(FAILOVERS):
        since = [len(writer.answers) for writer in writers]
        start = time.monotonic()
        old, waited = fail_over(cluster, writers, chance)
        lines.append(f"{waited:.1f} s after the new primary")
        for node in cluster.nodes:
            node.wait_ready()
        told.read_on(chance.choice(cluster.nodes))
        for writer, checked in zip(writers, since):
            with check.answering(writer):
                check.after_crash(writer, told.of(writer.person.user_id), checked)
                check.settle(writer)
        check.same_events(told, chance.choice(cluster.nodes))
        assert check.problems == []
        old.start()
        cluster.database.wait_synchronous()
    attempts = sum(writer.submits for writer in writers)
    away = sum(writer.turned_away for writer in writers)
    counts = ", ".join(f"{check.count[kind]} {kind}" for kind in (
        "lost", "doubled", "unanswered that took effect", "unanswered that did not"))
    with capsys.disabled():
        print(f"\nfail-over: {FAILOVERS} of the primary; writes went on {', '.join(lines)}; {attempts} attempts"
              f" acknowledged, {counts}, {away} times 503, {check.count['receipts']} receipts; HANDIN_SEED={SEED}")
    assert requests.get(cluster.nodes[0].base_url + "/readyz", timeout=30).status_code == 200
