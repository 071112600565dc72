"""Students who hand in and take back without pause, and remember what they were told."""
import hashlib
import json
import random
from collections import namedtuple

import requests

from support.edlink import Person, file, link, text
from support.receipts import HEADER

SMALL = 6_000                # bytes: a file of the database
LARGE = range(8_193, 40_000)  # a file of its own (DESIGN 5.5)
HUGE = range(300_000, 600_000)  # staged in several pieces
ROWS = 30                     # small files of one attempt, sometimes: they fill the database's log
REPEATS = 0.05               # of the acknowledged steps are asked again at once


def attachments_of(key):
    """What is handed in under a key; the same every time."""
    chance = random.Random(key)
    small = file(f"{key}.txt", chance.randbytes(chance.randrange(SMALL)))
    kind = chance.random()
    if kind < 0.4:
        return [small]
    if kind < 0.41:
        return [file(f"{key}.bin", chance.randbytes(chance.choice(HUGE)))]
    if kind < 0.45:
        return [file(f"{key}.{number}", chance.randbytes(SMALL)) for number in range(ROWS)]
    if kind < 0.65:
        return [file(f"{key}.bin", chance.randbytes(chance.choice(LARGE)))]
    if kind < 0.8:
        return [link(f"https://example.org/{key}")]
    if kind < 0.9:
        return [text(f"{key} " * chance.randrange(1, 2_000))]
    return [small, link(f"https://example.org/{key}"),
            file(f"{key}.bin", chance.randbytes(chance.choice(LARGE)))]


# A reply's $data, kept small: it shows all attempts there have been.
Answer = namedtuple("Answer", "submission_id hash")


class Writer:
    """One student: submit, reclaim, submit, … each step under a key of its own.

    A step that got no answer stays the next one, so it is repeated under the same key."""

    def __init__(self, server, index):
        self.person = Person(server, index)
        self.index = index
        self.answers = []      # one Answer of every step that was acknowledged, in order
        self.receipts = []     # where the reply said that the receipt is; None: it did not
        self.asked = False     # the next step was sent at least once, and never answered
        self.problems = []

    attachments = staticmethod(attachments_of)

    def after_restart(self, check):
        """For what is not an attempt, and is to be there all the same."""

    @property
    def submits(self):
        """Acknowledged ones: every other step."""
        return (len(self.answers) + 1) // 2

    def key(self, step):
        return f"{self.index}-{step}"

    def key_of_attempt(self, number):
        """1, 2, 3, …"""
        return self.key(2 * (number - 1))

    def send(self, step):
        key = self.key(step)
        if step % 2:
            return self.person.reclaim(key=key)
        return self.person.submit(*self.attachments(key), key=key)

    def acknowledge(self, reply):
        self.answers.append(self.answer(reply.json()["$data"]))
        self.receipts.append(reply.headers.get(HEADER))

    def answer(self, data):
        """None: there was none."""
        said = hashlib.sha256(self.comparable(json.dumps(data, sort_keys=True)).encode()).digest()
        return Answer(data["id"], said) if data else None

    def comparable(self, answer):
        """Its text, without the server that the links go to."""
        return answer.replace(self.person.base_url, "")

    def advance(self):
        """Takes the next step. False if the server is gone; else the reply was kept."""
        self.asked = True
        try:
            reply = self.send(len(self.answers))
            body = reply.json()
        except requests.RequestException:
            return False
        if reply.status_code != 200:
            self.problems.append(f"{self.key(len(self.answers))}: {reply.status_code} {body}")
            return False
        self.acknowledge(reply)
        self.asked = False
        return True

    def repeat(self):
        """Asks for the last step again: the same answer, if there is one."""
        try:
            body = self.send(len(self.answers) - 1).json()
        except requests.RequestException:
            return False
        if self.answer(body.get("$data")) != self.answers[-1]:
            self.problems.append(f"repeat of {self.key(len(self.answers) - 1)}: {body}")
        return True


def work_until_gone(writers, chance, ended):
    """One thread's load: its writers in random order until the server does not answer."""
    while not ended.is_set():
        writer = chance.choice(writers)
        if not writer.advance():
            return
        if chance.random() < REPEATS and not writer.repeat():
            return
