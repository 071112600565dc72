"""The collector removes files that no row names, beside a load and across kills, and never another
(issue 3, point 1; DESIGN 5.5)."""
import os
import threading
import time
import uuid

import pytest

from crash.load import Writer
from support.edlink import Caller, Person, file
from support.checks import data_of
from support.maintenance import check, stored_files
from support.server import run

HOUR = 3600
SECONDS = 30  # until something that comes has come
LARGE = bytes(range(256)) * 80


def id_made(seconds_ago):
    """RFC 9562 5.7: the first 48 bits are milliseconds since 1970."""
    millis = int((time.time() - seconds_ago) * 1000)
    return uuid.UUID(bytes=millis.to_bytes(6, "big") + b"\x70" + b"\x01\x80" + os.urandom(7))


def make_file(data, id_age, file_age):
    name = str(id_made(id_age))
    path = data / "files" / name[-2:] / name
    path.write_bytes(b"nobody's")
    age(path, file_age)
    return path


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def await_gone(*paths):
    end = time.monotonic() + SECONDS
    while any(path.exists() for path in paths):
        assert time.monotonic() < end, [path for path in paths if path.exists()]
        time.sleep(0.05)


def metric(server, name):
    for line in Caller(server).get("/metrics").text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    raise AssertionError(f"no {name}")


@pytest.fixture
def server(new_server):
    return new_server("--students", 24, "--collect-after", HOUR, "--collect-every", 1).start()


def test_ages(server):
    data_of(Person(server, 0).submit(file("large", LARGE)))
    [named] = stored_files(server.data)
    age(named, 5 * HOUR)
    kept = [named, make_file(server.data, 5 * HOUR, 0), make_file(server.data, 0, 5 * HOUR),
            make_file(server.data, HOUR - 120, HOUR - 120)]
    gone = [make_file(server.data, 2 * HOUR, 2 * HOUR) for _ in range(10)]
    await_gone(*gone)
    sweeps = metric(server, "handin_collector_sweeps")
    while metric(server, "handin_collector_sweeps") < sweeps + 2:
        time.sleep(0.1)
    assert all(path.exists() for path in kept)
    assert metric(server, "handin_collector_removed_files") == len(gone)
    assert any('"swept the files"' in line for line in server.log_lines())
    assert server.stop() == 0


def test_beside_load_and_kills(server):
    """Every file under load is as old as it can be made, so only the rows protect it."""
    writers = [Writer(server, index) for index in range(24)]
    for _ in range(3):
        gone = [make_file(server.data, 2 * HOUR, 2 * HOUR) for _ in range(30)]
        ended = threading.Event()

        def work(some, ended=ended):
            while not ended.is_set():
                for writer in some:
                    if not writer.advance():
                        return

        threads = [threading.Thread(target=work, args=(writers[n::3],)) for n in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        server.kill()
        ended.set()
        for thread in threads:
            thread.join()
        assert not any(writer.problems for writer in writers)
        server.start()
        await_gone(*gone)
        assert check(server.data)[-1]["sound"]
    assert server.errors() == []


def test_can_be_turned_off(new_server):
    server = new_server("--students", 3, "--collect-every", 0).start()
    path = make_file(server.data, 99 * HOUR, 99 * HOUR)
    assert "handin_collector" not in Caller(server).get("/metrics").text
    assert server.stop() == 0
    assert path.exists()


def test_the_age_has_a_floor(tmp_path):
    done = run("serve", "--data", tmp_path / "data", "--collect-after", 60)
    assert done.returncode not in (0, -6, -11)
    assert "collect-after" in done.stderr
