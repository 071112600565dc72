"""kill -9 at random moments under load, restart, and everything that was acknowledged is there
once (issue 2, point 5; DESIGN 10.1 to 10.5). HANDIN_KILLS says how often; `make crash` does more."""
import os
import random
import threading
import time

import pytest

from crash.check import Check
from crash.load import Writer, work_until_gone
from support.edlink import Admin, local
from support.server import Server

KILLS = int(os.environ.get("HANDIN_KILLS", "20"))
SEED = int(os.environ.get("HANDIN_SEED", random.randrange(10**6)))
STUDENTS = 60
THREADS = 8
LOAD_SECONDS = (0.05, 0.9)    # how long a load lasts until the kill
START_SECONDS = (0.0, 0.06)   # sometimes the kill comes while it still starts
KILLED_AT_START = 0.15        # of the rounds


@pytest.fixture
def server(tmp_path):
    one = Server(tmp_path / "data", "--students", STUDENTS)
    yield one
    one.close()


def load_and_kill(server, writers, chance):
    threads = []
    ended = threading.Event()
    for number in range(THREADS):
        arguments = writers[number::THREADS], random.Random(chance.random()), ended
        threads.append(threading.Thread(target=work_until_gone, args=arguments))
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(*LOAD_SECONDS))
    server.kill()
    ended.set()
    for thread in threads:
        thread.join()


def events_by_student(server):
    """Payloads, oldest first; and the raw list, to see that it only ever grows."""
    events = Admin(server).events()
    found = {}
    for event in events:
        payload = event["payload"]
        found.setdefault(local(payload["body"]["user_id"]), []).append(payload)
    return found, events


def check_all(check, server, writers, since):
    found, events = events_by_student(server)
    for writer, checked in zip(writers, since):
        if len(writer.answers) > checked or writer.asked:
            with check.answering(writer):
                check.after_crash(writer, found.get(writer.person.user_id, []), checked)
                check.settle(writer)
    return events


def test_kill9(server, capsys):
    chance = random.Random(SEED)
    server.start()
    writers = [Writer(server, index) for index in range(STUDENTS)]
    check = Check()
    known = []
    for _ in range(KILLS):
        since = [len(writer.answers) for writer in writers]
        load_and_kill(server, writers, chance)
        while chance.random() < KILLED_AT_START:
            server.start(wait=False)
            time.sleep(chance.uniform(*START_SECONDS))
            server.kill()
        server.start()
        events = check_all(check, server, writers, since)
        assert events[:len(known)] == known, "events that were seen have changed"
        known = events
        if check.problems:
            break

    # Once more, from the very beginning.
    server.kill()
    server.start()
    if not check.problems:
        check_all(check, server, writers, [0] * STUDENTS)
    acknowledged = sum(len(writer.answers) for writer in writers)
    attempts = sum(writer.submits for writer in writers)
    with capsys.disabled():
        print(f"\nkill9: {KILLS} kills, {acknowledged} acknowledged ({attempts} attempts), "
              f"{check.count['receipts']} receipts checked, {check.count['lost']} lost, {check.count['doubled']} doubled, "
              f"{check.count['unanswered, there']} unanswered that took effect, "
              f"{check.count['unanswered, not there']} that did not; HANDIN_SEED={SEED}")
    assert check.problems == []
    assert attempts >= KILLS  # there was a load worth the name
    # No start has lost the key of receipts.
    keys = Admin(server).get("/api/handin/v1/receipts/keys").json()["keys"]
    assert check.keys == {key["kid"] for key in keys}


def test_kill_while_the_school_is_made(tmp_path):
    # DESIGN 7: demo.json is complete before /readyz is green, whenever an earlier start ended
    chance = random.Random(SEED)
    for number in range(8):
        server = Server(tmp_path / f"{number}", "--students", 300)
        try:
            server.start(wait=False)
            time.sleep(chance.uniform(0.0, 0.25))
            server.kill()
            server.start()
            writer = Writer(server, 299)
            assert writer.advance() and writer.advance(), writer.problems
            assert len(server.demo["edlink"]["students"]) == 300
            assert server.stop() == 0
        finally:
            server.close()
