"""kill -9 while events go out: every committed event arrives, those of a submission in order, and
each time with the same bytes (DESIGN 5.6 and 10.5)."""
import random
import threading
import time
from collections import defaultdict

import pytest

from crash.load import Writer
from crash.rounds import KILLS, SEED
from support.certificates import Certificate
from support.edlink import Admin
from support.receiver import Receiver
from support.server import Server

STUDENTS = 40
THREADS = 4


@pytest.fixture
def receivers(tmp_path):
    certificate = Certificate(tmp_path)
    chance = random.Random(SEED)

    def moody(received, number):  # answers late, with an error, or not at all
        mood = chance.random()
        if mood < 0.1:
            time.sleep(0.1)
        return None if mood < 0.05 else 503 if mood < 0.2 else 200

    made = [Receiver(certificate), Receiver(certificate, moody)]
    yield certificate, made
    for one in made:
        one.close()


@pytest.fixture
def server(tmp_path, receivers, new_database):
    certificate, _ = receivers
    one = Server(tmp_path / "data", "--students", STUDENTS, "--delivery-networks", "127.0.0.0/8",
                 "--delivery-ca", certificate.file, "--delivery-pause", 1, "--delivery-tries", 20,
                 *new_database())
    yield one
    one.close()


class Load:
    """Students who hand in and take back; the server may go at any time."""

    def __init__(self, server):
        self.writers = [Writer(server, index) for index in range(STUDENTS)]
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(self.writers[n::THREADS],))
                        for n in range(THREADS)]

    def work(self, writers):
        while not self.ended.is_set():
            for writer in writers:
                if not writer.advance():
                    self.ended.wait(0.05)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


def events(server):
    return [event["payload"] for event in Admin(server).events()]


def check(receiver, expected, keys):
    bodies = defaultdict(set)
    arrived = defaultdict(list)
    accepted = {}
    for received in list(receiver.requests):
        bodies[received.id].add(received.body)
        payload = received.payload(keys)
        del payload["iss"], payload["iat"]
        arrived[payload["body"]["submission_id"]].append(payload["body"]["attempt"])
        if received.status in (200, 204):
            accepted[received.id] = payload
    assert all(len(each) == 1 for each in bodies.values()), "other bytes for the same event"
    for submission, attempts in arrived.items():
        assert attempts == sorted(attempts), f"{submission}: {attempts}"
    assert len(accepted) == len(expected)
    by_place = lambda payload: (payload["body"]["submission_id"], payload["body"]["attempt"])
    assert sorted(accepted.values(), key=by_place) == sorted(expected, key=by_place)


def test_kill9_during_delivery(server, receivers, capsys):
    _, made = receivers
    server.start()
    for receiver in made:
        reply = Admin(server).post("/api/handin/v1/subscriptions",
                                   json={"name": "it", "target": receiver.url})
        assert reply.status_code == 201, reply.text
    chance = random.Random(SEED)
    kills = max(6, KILLS // 10)
    with Load(server):
        for _ in range(kills):
            time.sleep(chance.uniform(0.2, 1.0))
            server.kill()
            server.start()
        time.sleep(1)
    expected = events(server)
    assert len(expected) > kills
    for receiver in made:
        assert receiver.wait(lambda it: len({each.id for each in it.accepted}) >= len(expected), 120)
    keys = Admin(server).get("/api/handin/v1/event-keys").json()
    sent = [len(receiver.requests) for receiver in made]
    for receiver in made:
        check(receiver, expected, keys)
    with capsys.disabled():
        print(f"\ndelivery, kill -9: {kills} kills, {len(expected)} events, {sent} requests")
