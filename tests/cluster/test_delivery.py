"""Events go out from several nodes on one database: each by one node at a time, and by another when
that one dies (DESIGN 5.6)."""
import random
import time

import pytest

from crash.deliveries import Load, check, events, moody_pair, options, subscribe
from crash.rounds import SEED
from support.checks import data_of
from support.edlink import Admin, Person

STUDENTS = 30
KILLS = 4


@pytest.fixture
def receivers(tmp_path):
    made = moody_pair(tmp_path)
    yield made
    for one in made:
        one.close()


def test_kill9_of_nodes(new_cluster, receivers, capsys):
    cluster = new_cluster(students=STUDENTS, options=options(receivers))
    first, second = cluster.nodes
    subscribe(first, receivers)
    chance = random.Random(SEED)
    with Load(first, second, students=STUDENTS):
        for number in range(KILLS):
            time.sleep(chance.uniform(0.5, 1.5))
            cluster.nodes[number % 2].kill()
            time.sleep(chance.uniform(0, 1))
            cluster.start()
    expected = events(second)
    assert len(expected) > KILLS
    # what a dead node had leases for is taken over
    first.kill()
    keys = Admin(second).get("/api/handin/v1/event-keys").json()
    for receiver in receivers:
        check(receiver, expected, keys)
    sent = [len(receiver.requests) for receiver in receivers]
    with capsys.disabled():
        print(f"\ndelivery, cluster: {KILLS + 1} kills, {len(expected)} events, {sent} requests")


def test_a_change_at_one_node_is_noticed_by_the_other(new_cluster, receivers):
    cluster = new_cluster(students=STUDENTS, options=options(receivers))
    first, second = cluster.nodes
    subscribe(first, receivers[:1])
    [made] = Admin(second).get("/api/handin/v1/subscriptions").json()["subscriptions"]
    path = f"/api/handin/v1/subscriptions/{made['id']}"
    for node in (first, second):
        target = receivers[node is second].url + "/" + str(node.port)
        assert Admin(node).patch(path, json={"target": target}).status_code == 200
        end = time.monotonic() + 60
        while not any(target.endswith(each.path) for receiver in receivers for each in receiver.accepted):
            assert time.monotonic() < end, "nothing has arrived there"
            with Load(first, second, students=2):
                time.sleep(0.3)


def test_who_listens_at_one_node_hears_of_the_other(new_cluster):
    first, second = new_cluster(students=STUDENTS).nodes
    reply = Admin(second).get("/api/handin/v1/events/stream", params={"after": 0}, stream=True)
    assert reply.status_code == 200
    lines = reply.iter_lines(chunk_size=1)
    for index in range(5):
        data_of(Person(first, index).submit())
        committed = time.monotonic()
        while not (line := next(lines)).startswith(b"id: "):
            pass
        assert int(line[4:]) == index + 1
        assert time.monotonic() - committed < 10, "as it happens, not at the next heartbeat"
    reply.close()
