"""kill -9 while events go out: every committed event arrives, those of a submission in order, and
each time with the same bytes (DESIGN 5.6 and 10.5)."""
import random
import time

import pytest

from crash.deliveries import Load, check, events, moody_pair, options, subscribe
from crash.rounds import KILLS, SEED
from support.edlink import Admin
from support.server import Server

STUDENTS = 40


@pytest.fixture
def receivers(tmp_path):
    made = moody_pair(tmp_path)
    yield made
    for one in made:
        one.close()


@pytest.fixture
def server(tmp_path, receivers, new_database):
    one = Server(tmp_path / "data", "--students", STUDENTS, *options(receivers), *new_database())
    yield one
    one.close()


def test_kill9_during_delivery(server, receivers, capsys):
    subscribe(server.start(), receivers)
    chance = random.Random(SEED)
    kills = max(6, KILLS // 10)
    with Load(server, students=STUDENTS):
        for _ in range(kills):
            time.sleep(chance.uniform(0.2, 1.0))
            server.kill()
            server.start()
        time.sleep(1)
    expected = events(server)
    assert len(expected) > kills
    keys = Admin(server).get("/api/handin/v1/event-keys").json()
    for receiver in receivers:
        check(receiver, expected, keys)
    sent = [len(receiver.requests) for receiver in receivers]
    with capsys.disabled():
        print(f"\ndelivery, kill -9: {kills} kills, {len(expected)} events, {sent} requests")
