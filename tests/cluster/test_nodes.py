"""Two processes, one database: what each promises, both together keep (DESIGN 5.2, 5.6, 10)."""
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from support.edlink import HELLO, Admin, Person, text

ROUNDS = 40   # of a submit and a reclaim, by each of the threads
THREADS = 6


@pytest.fixture
def cluster(new_cluster):
    return new_cluster()


def on(node, person):
    """The same person at another node."""
    other = Person(node, person.index)
    return other


def numbers_of(events):
    return [event["payload"]["body"]["attempt"] for event in events]


def id_of(attempt):
    """An attempt has none of its own in this API, but its attachments have."""
    return attempt["attachments"][0]["id"]


def test_one_student_at_two_nodes(cluster, capsys):
    counts = {200: 0}
    acknowledged = []
    lock = threading.Lock()

    def work(number):
        person = Person(cluster.nodes[number % 2], 0)
        for turn in range(ROUNDS):
            for reply in (person.submit(text(f"{number} {turn}")), person.reclaim()):
                with lock:
                    counts[reply.status_code] = counts.get(reply.status_code, 0) + 1
                    if reply.status_code == 200 and reply.json()["$data"]["state"] == "submitted":
                        acknowledged.append(id_of(reply.json()["$data"]["attempts"][-1]))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    attempts = Person(cluster.nodes[1], 0).submission()["attempts"]
    ids = [id_of(attempt) for attempt in attempts]
    assert sorted(ids) == sorted(acknowledged)  # none lost, none doubled, none made up
    assert set(counts) <= {200, 400, 403, 409, 422}, counts
    for node in cluster.nodes:
        events = Admin(node).events()
        assert numbers_of(events) == list(range(1, len(ids) + 1))
        sequences = [event["sequence"] for event in events]
        assert sequences == sorted(set(sequences))
    with capsys.disabled():
        print(f"\ntwo nodes, one student: {len(ids)} attempts acknowledged, numbered 1..{len(ids)}, "
              f"replies {counts}")


def test_one_key_at_two_nodes_is_one_attempt(cluster):
    people = [Person(node, 1) for node in cluster.nodes]
    for key in range(20):
        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(lambda i: people[i % 2].submit(HELLO, key=f"k{key}"), range(4)))
        assert {reply.status_code for reply in replies} == {200}, [r.text for r in replies]
        assert len({id_of(reply.json()["$data"]["attempts"][-1]) for reply in replies}) == 1
        assert len(people[0].submission()["attempts"]) == key + 1
        assert people[1].reclaim().status_code == 200


def test_each_node_sees_at_once_what_the_other_has_acknowledged(cluster):
    after = 0
    for number in range(30):
        here, there = random.sample(cluster.nodes, 2)
        student = Person(here, 2 + number)
        data = student.submit().json()["$data"]
        [event] = Admin(there).events(after)
        assert event["payload"]["body"]["attempt"] == 1
        after = event["sequence"]
        assert on(there, student).submission()["id"] == data["id"]
        [attachment] = on(there, student).submission()["attempts"][0]["attachments"]
        assert on(there, student).get(attachment["url"]).content == b"hello\n"
        assert on(there, student).reclaim().status_code == 200


def appender(cluster):
    [row] = cluster.database.sql("SELECT epoch, holder FROM lease WHERE name = 'append'")
    return row.split("|")


def holder_of(cluster, epoch):
    """The node that said that it has that epoch."""
    for node in cluster.nodes:
        if any(f'"epoch":{epoch}' in line for line in node.log_lines()):
            return node
    raise RuntimeError(f"nobody has epoch {epoch}")


def test_a_frozen_holder_is_replaced_and_cannot_append(cluster, capsys):
    epoch, first = appender(cluster)
    frozen = holder_of(cluster, epoch)
    [other] = [node for node in cluster.nodes if node is not frozen]
    assert Person(other, 0).submit().status_code == 200
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        stopped = time.monotonic()
        # Nobody waits for it meanwhile: what is acknowledged is in the events at once.
        assert Person(other, 1).submit().status_code == 200
        assert len(Admin(other).events()) == 2
        while appender(cluster)[1] == first:
            assert time.monotonic() < stopped + 30
            time.sleep(0.1)
        replaced = time.monotonic() - stopped
    finally:
        frozen.process.send_signal(signal.SIGCONT)
    later = appender(cluster)
    assert int(later[0]) == int(epoch) + 1
    for number in range(2, 12):
        assert Person(random.choice(cluster.nodes), number).submit().status_code == 200
    time.sleep(1.5)  # it has awoken, and found its epoch over
    assert appender(cluster) == later
    for node in cluster.nodes:
        assert [event["sequence"] for event in Admin(node).events()] == list(range(1, 13))
    with capsys.disabled():
        print(f"\nSIGSTOP of the holder: replaced after {replaced:.1f} s, epoch {epoch} to {later[0]}")


def test_a_node_that_is_asked_to_stop_hands_its_work_over(cluster):
    epoch, first = appender(cluster)
    node = holder_of(cluster, epoch)
    assert node.stop() == 0
    end = time.monotonic() + 3  # no life of a lease is waited for
    while appender(cluster)[1] == first:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_database_is_away_for_a_while(cluster):
    node = cluster.nodes[0]
    assert Person(node, 0).submit().status_code == 200
    cluster.database.stop()
    end = time.monotonic() + 5
    while requests.get(node.base_url + "/readyz", timeout=30).status_code == 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    for reply in (Person(node, 1).submit(), Person(node, 0).my("/classes"),
                  Admin(node).read_events(after=0)):
        assert reply.status_code == 503, reply.text
        assert int(reply.headers["Retry-After"]) >= 1
    assert requests.get(node.base_url + "/healthz", timeout=30).status_code == 200
    cluster.database.start()
    for each in cluster.nodes:
        each.wait_ready()
    assert Person(node, 1).submit().status_code == 200
    assert len(Admin(cluster.nodes[1]).events()) == 2


def test_a_host_that_is_down_is_passed_over(new_cluster, tmp_path):
    from support.cluster import Node
    from support.server import free_port
    cluster = new_cluster(nodes=1)
    node = Node(tmp_path / "second", cluster.database.url("handin", free_port()),
                tmp_path / "files", cluster.nodes[0])
    try:
        node.start()
        assert Person(node, 0).submit().status_code == 200
    finally:
        node.close()


def test_what_cannot_be_reached_is_said_at_the_start(tmp_path):
    from support.server import free_port, run
    done = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
               "--database", f"postgresql://handin@127.0.0.1:{free_port()}/handin", timeout=60)
    assert done.returncode == 1
    assert "--database" in done.stderr and "refused" in done.stderr
