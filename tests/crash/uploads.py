"""Students who send first and hand in later, and remember what they were told of each upload."""
import hashlib
import random

import requests

from crash.load import Writer
from support.uploads import TUS, UPLOADS, create, id_in, offset_of, patch

SIZES = (0, 1, 700, 8_192, 8_193, 40_000, 150_000, 400_000)
PIECES = 4                    # of one upload, at most
UNTRUE = (AssertionError, KeyError, ValueError)  # a reply that is not as it must be


def contents_of(key):
    """The files that are handed in under a key; the same every time."""
    chance = random.Random("upload " + key)
    return [chance.randbytes(chance.randrange(size + 1))
            for size in chance.choices(SIZES, k=chance.choice((1, 1, 2)))]


def name_of(key, number):
    return f"{key}.{number}"


class Transfer:
    """One upload with tus, in pieces; goes on where the server says."""

    def __init__(self, key, number, data, kind="whole"):
        self.data = data
        self.headers = {"Upload-Concat": "partial"} if kind == "part" else {}
        self.chance = random.Random(f"pieces {key} {number} {kind}")
        self.path = None
        self.acknowledged = 0  # bytes

    @property
    def complete(self):
        return self.path is not None and self.acknowledged == len(self.data)

    def send(self, person):
        if self.path is None:
            self.path = create(person, len(self.data), **self.headers)
        while self.acknowledged < len(self.data):
            size = self.chance.randrange(1, len(self.data) // PIECES + 2)
            piece = self.data[self.acknowledged:][:size]
            reply = patch(person, self.path, self.acknowledged, piece)
            assert reply.status_code == 204, reply.text
            self.acknowledged = int(reply.headers["Upload-Offset"])

    def check(self, person):
        """After a restart: nothing that was acknowledged is gone."""
        if self.path is None:
            return
        there = offset_of(person, self.path)
        assert self.acknowledged <= there <= len(self.data), \
            f"{there} bytes, {self.acknowledged} of {len(self.data)} acknowledged"
        self.acknowledged = there
        check_facts(person, self.path, self.data, complete=self.complete)


class Joined(Transfer):
    """The same out of two parts, which are sent first."""

    def __init__(self, key, number, data):
        super().__init__(key, number, data)
        half = len(data) // 2
        self.parts = [Transfer(key, f"{number}{index}", part, "part")
                      for index, part in enumerate((data[:half], data[half:]))]

    def send(self, person):
        for part in self.parts:
            part.send(person)
        if self.path is None:
            paths = " ".join(part.path for part in self.parts)
            reply = person.post(UPLOADS, headers={**TUS, "Upload-Concat": f"final;{paths}"})
            assert reply.status_code == 201, reply.text
            self.path = reply.headers["Location"]
            self.acknowledged = len(self.data)
            for part in self.parts:  # so that nobody comes near the bound on uploads
                assert person.request("DELETE", part.path, headers=TUS).status_code == 204

    def check(self, person):
        if self.path is None:
            for part in self.parts:
                part.check(person)
        super().check(person)


class Form:
    """Several in one request: none of them counts before the answer."""

    def __init__(self, key, contents):
        self.key = key
        self.contents = contents
        self.paths = []

    def send(self, person):
        if self.paths:
            return
        files = [("f", (name_of(self.key, number), data))
                 for number, data in enumerate(self.contents)]
        reply = person.post(UPLOADS, files=files)
        assert reply.status_code == 201, reply.text
        self.paths = [f"{UPLOADS}/{each['id']}" for each in reply.json()["uploads"]]

    def check(self, person):
        for path, data in zip(self.paths, self.contents):
            check_facts(person, path, data, complete=True)


def check_facts(person, path, data, complete):
    facts = person.get(path).json()
    assert facts["size"] == len(data), facts
    assert facts["state"] == "receiving" or complete, facts
    if complete:
        assert facts["state"] != "receiving" and facts["received"] == len(data), facts
        assert facts["sha256"] == hashlib.sha256(data).hexdigest(), facts


class UploadWriter(Writer):
    """Every attachment of an attempt is an upload."""

    def __init__(self, server, index):
        super().__init__(server, index)
        self.sent = {}  # key → what was begun for it

    @staticmethod
    def attachments(key):
        return [{"type": "file", "title": name_of(key, number), "data": data}
                for number, data in enumerate(contents_of(key))]

    def begun(self, key):
        if key not in self.sent:
            contents = contents_of(key)
            way = random.Random("way " + key).random()
            self.sent[key] = [Form(key, contents)] if way < 0.25 else [
                (Joined if way < 0.4 else Transfer)(key, number, data)
                for number, data in enumerate(contents)]
        return self.sent[key]

    def paths(self, key):
        return [path for each in self.begun(key)
                for path in (each.paths if isinstance(each, Form) else [each.path])]

    def send(self, step):
        key = self.key(step)
        if step % 2:
            return super().send(step)
        named = [{"type": "file", "title": name_of(key, number), "upload_id": id_in(path)}
                 for number, path in enumerate(self.paths(key))]
        return self.person.submit(*named, key=key)

    def advance(self):
        step = len(self.answers)
        try:
            for each in [] if step % 2 else self.begun(self.key(step)):
                each.send(self.person)
        except requests.RequestException:
            return False
        except UNTRUE as error:
            self.problems.append(f"upload: {self.key(step)}: {error!r}")
            return False
        return super().advance()

    def after_restart(self, check):
        """Of the uploads for the next step, and of those of the last one that was acknowledged."""
        step = len(self.answers)
        for key in {self.key(step), self.key(step - 1), self.key(step - 2)} & self.sent.keys():
            try:
                for each in self.sent[key]:
                    each.check(self.person)
                    check.count["uploads checked"] += 1
            except UNTRUE as error:
                check.wrong("upload", self, f"{key}: {error!r}")
            except requests.RequestException as error:
                check.wrong("no answer", self, f"while checking {key}: {error}")
        self.used_up(check)

    def used_up(self, check):
        """What the last acknowledged submit has handed in cannot be handed in again."""
        steps = [step for step in range(len(self.answers)) if step % 2 == 0][-1:]
        for path in self.paths(self.key(steps[0])) if steps else []:
            state = self.person.get(path).json().get("state")
            if state != "handed_in":
                check.wrong("doubled", self, f"{path} was handed in and is {state}")
