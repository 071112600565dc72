"""A site moves between SQLite and PostgreSQL with `handin migrate-store` (docs/operating.md): killed at
any moment and run again, nothing is lost, and the events keep their numbers."""
import json
import random
import re
import subprocess
import time

import pytest

from support.edlink import Admin, Person, file, link, text
from support.maintenance import check
from support.postgres import Postgres
from support.server import Server, binary, environment, run

STUDENTS = 40
KILLS = 15
LARGE = random.Random(1).randbytes(40_000)   # a file of its own


@pytest.fixture
def postgres():
    server = Postgres().start().create()
    yield server
    server.close()


@pytest.fixture
def school(tmp_path):
    server = Server(tmp_path / "data", "--students", STUDENTS).start()
    yield server
    server.close()


def hand_in(server, rounds=3):
    for turn in range(rounds):
        for index in range(STUDENTS):
            student = Person(server, index)
            assert student.submit(file("f", LARGE), file("small", b"x" * 900), link(), text(),
                                  key=f"{turn}-{index}").status_code == 200
            assert student.reclaim().status_code == 200


def seen(server):
    """What its clients see, without the address."""
    found = [Person(server, index).submission() for index in range(STUDENTS)]
    return re.sub(r"127\.0\.0\.1:\d+", "", json.dumps([found, Admin(server).events()]))


def migrate(source, target, code=0):
    done = run("migrate-store", "--from", source, "--to", target, "--json", timeout=300)
    assert done.returncode == code, (done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()] if code == 0 else done.stderr


def migrate_with_kills(source, target, chance, once):
    """Killed at some moment of a whole move, again and again; the last goes on to the end. How often."""
    kills = 0
    for _ in range(KILLS):
        process = subprocess.Popen([binary(), "migrate-store", "--from", source, "--to", target],
                                   env=environment(), stdout=subprocess.PIPE, text=True)
        try:
            process.communicate(timeout=chance.uniform(0, once / 2))
            assert process.returncode == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    [*_, summary] = migrate(source, target)
    assert summary["moved"]
    return kills


def test_there_and_back_again(school, postgres, tmp_path, capsys):
    hand_in(school)
    before = seen(school)
    source = f"sqlite:{school.data / 'handin.db'}"
    assert "uses this database" in migrate(source, postgres.url(), code=2)
    assert school.stop() == 0

    start = time.monotonic()
    *tables, summary = migrate(source, postgres.create("measured").url("measured"))
    once = time.monotonic() - start
    rows = {line["table"]: line["rows"] for line in tables}
    assert rows["submission"] == STUDENTS and rows["attempt"] == 3 * STUDENTS
    assert summary["rows"] == sum(rows.values())

    kills = migrate_with_kills(source, postgres.url(), random.Random(7), once)
    again = migrate(source, postgres.url())
    assert again == [{"moved": True, "before": True, "rows": 0}]
    assert check(school.data, "--database", postgres.url())[-1]["sound"]

    there = Server(school.data, "--students", STUDENTS, "--database", postgres.url()).start()
    try:
        assert seen(there) == before
        sequence = Admin(there).events()[-1]["sequence"]
        assert Person(there, 0).submit().status_code == 200
        [event] = Admin(there).events(sequence)
        assert event["sequence"] == 6 * STUDENTS + 1  # reclaims have one each, which this API does not show
        after = seen(there)
        assert "server uses the database" in migrate(
            postgres.url(), f"sqlite:{tmp_path / 'too-early.db'}", code=2)
        assert there.stop() == 0
    finally:
        there.close()

    back = tmp_path / "back.db"
    kills += migrate_with_kills(postgres.url(), f"sqlite:{back}", random.Random(8), once)
    here = Server(school.data, "--students", STUDENTS, "--database", f"sqlite:{back}").start()
    try:
        assert seen(here) == after
        assert Person(here, 1).submit().status_code == 200
        assert here.stop() == 0
    finally:
        here.close()
    assert check(school.data, "--database", f"sqlite:{back}")[-1]["sound"]
    with capsys.disabled():
        print(f"\nmigrate-store: {summary['rows']} rows there and back, {kills} times kill -9")


def test_a_part_of_a_site_is_not_served(school, postgres):
    hand_in(school, rounds=1)
    assert school.stop() == 0
    source = f"sqlite:{school.data / 'handin.db'}"
    migrate(source, postgres.url())
    [note] = postgres.sql("SELECT value FROM setting WHERE name = 'site_move'")
    postgres.sql("UPDATE setting SET value = 'under way' || substr(value, 5) || ' upload -'"
                 " WHERE name = 'site_move'")
    done = run("serve", "--data", school.data, "--database", postgres.url(), "--listen", "127.0.0.1:0")
    assert done.returncode == 1 and "is not finished" in done.stderr
    migrate(source, postgres.url())  # has nothing left to do but to compare
    assert postgres.sql("SELECT value FROM setting WHERE name = 'site_move'") == [note]
    served = Server(school.data, "--students", STUDENTS, "--database", postgres.url())
    try:
        served.start()
    finally:
        served.close()


def test_what_cannot_be_moved_is_said(school, postgres, tmp_path):
    assert school.stop() == 0
    source = f"sqlite:{school.data / 'handin.db'}"
    assert "there is no database" in migrate(f"sqlite:{tmp_path / 'none.db'}", postgres.url(), code=2)
    assert "not one of handin's" in migrate(postgres.create("empty").url("empty"),
                                            f"sqlite:{tmp_path / 'x.db'}", code=2)
    assert "expected sqlite:PATH" in migrate(source, "mysql://nobody", code=2)
    other = Server(tmp_path / "other", "--students", 3, "--database", postgres.url()).start()
    try:
        assert other.stop() == 0
    finally:
        other.close()
    assert "has data already" in migrate(source, postgres.url(), code=2)
