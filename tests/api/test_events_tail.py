"""`handin events tail` (DESIGN 7): one JSON line an event, from beside a running server."""
import json
import signal
import subprocess
import threading

import pytest

from support.checks import data_of
from support.edlink import Admin, Person
from support.server import binary, environment, run


def tail(server, *options):
    done = run("events", "tail", "--data", server.data, *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def school(new_server):
    server = new_server().start()
    for index in range(5):
        data_of(Person(server, index).submit())
    return server


def test_the_same_as_the_api(school):
    events = Admin(school).events()
    assert len(events) == 5
    assert tail(school) == events
    after = events[1]["sequence"]
    assert tail(school, "--after", after) == events[2:]
    assert tail(school, "--limit", 2) == events[:2]
    assert tail(school, "--after", after, "--limit", 1) == events[2:3]
    assert tail(school, "--after", events[-1]["sequence"]) == []


def test_when_nobody_serves(school):
    # it asks the server, so that it can also look at one elsewhere
    school.stop()
    done = run("events", "tail", "--data", school.data, timeout=20)
    assert done.returncode == 1
    assert done.stdout == "" and done.stderr.startswith("handin: ")


def test_follow(school):
    process = subprocess.Popen([binary(), "events", "tail", "--data", school.data, "--follow"],
                               stdout=subprocess.PIPE, env=environment(), text=True)
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        lines = [json.loads(process.stdout.readline()) for _ in range(5)]
        data_of(Person(school, 5).submit())
        lines.append(json.loads(process.stdout.readline()))
        assert lines == Admin(school).events()
        process.send_signal(signal.SIGINT)
        process.wait(10)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


def test_no_such_folder(tmp_path):
    done = run("events", "tail", "--data", tmp_path / "nothing")
    assert done.returncode != 0
    assert "nothing" in done.stderr
    assert not (tmp_path / "nothing").exists()
