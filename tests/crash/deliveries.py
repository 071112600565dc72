"""What must be true of events that went out while servers were killed (DESIGN 5.6 and 10.5)."""
import random
import threading
import time
from collections import defaultdict

from crash.load import Writer
from crash.rounds import SEED
from support.certificates import Certificate
from support.edlink import Admin
from support.receiver import Receiver

THREADS = 4
ARRIVAL_SECONDS = 120


def moody_pair(folder):
    """A receiver, and one that answers late, with an error, or not at all."""
    certificate = Certificate(folder)
    chance = random.Random(SEED)

    def moody(received, number):
        mood = chance.random()
        if mood < 0.1:
            time.sleep(0.1)
        return None if mood < 0.05 else 503 if mood < 0.2 else 200

    return Receiver(certificate), Receiver(certificate, moody)


def options(receivers):
    """Of servers that may send there, and do not give up."""
    return ("--delivery-networks", "127.0.0.0/8", "--delivery-ca", receivers[0].certificate.file,
            "--delivery-pause", 1, "--delivery-tries", 20)


def subscribe(server, receivers):
    for receiver in receivers:
        reply = Admin(server).post("/api/handin/v1/subscriptions",
                                   json={"name": "it", "target": receiver.url})
        assert reply.status_code == 201, reply.text


class Load:
    """Students who hand in and take back; the server may go at any time."""

    def __init__(self, *servers, students):
        self.writers = [Writer(servers[index % len(servers)], index) for index in range(students)]
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
    """Each of them has arrived, those of a submission in order, and every time with the same bytes."""
    assert receiver.wait(lambda it: len({each.id for each in it.accepted}) >= len(expected),
                         ARRIVAL_SECONDS), f"{len(expected)} events, arrived: {len(receiver.accepted)}"
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

    def by_place(payload):
        return payload["body"]["submission_id"], payload["body"]["attempt"]

    assert sorted(accepted.values(), key=by_place) == sorted(expected, key=by_place)
