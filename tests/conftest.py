"""Fixtures: one server that most tests share, and servers of a test's own.

HANDIN_TEST_STORE=postgres has them on databases of a PostgreSQL of their own."""
import itertools
import os
import signal

import pytest

from support.edlink import Admin, Person
from support.postgres import Postgres
from support.school import GIVEN_OUT_FROM, STUDENTS
from support.server import Server

# Whoever starts the tests in the background has them ignore Ctrl-C, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def new_database():
    """Options for a server: where its database is."""
    if os.environ.get("HANDIN_TEST_STORE") != "postgres":
        yield lambda: []
        return
    postgres = Postgres().start()
    names = (f"test{number}" for number in itertools.count())

    def make():
        name = next(names)
        postgres.create(name)
        return ["--database", postgres.url(name)]

    yield make
    postgres.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory, new_database):
    """The shared one. Nothing may end it, and nothing may make it log an error."""
    shared = Server(tmp_path_factory.mktemp("shared") / "data", "--students", STUDENTS,
                    *new_database())
    try:
        yield shared.start()
        assert shared.process.poll() is None, shared.tail()
        assert shared.errors() == []
    finally:
        shared.close()


@pytest.fixture
def new_server(tmp_path, new_database):
    """Makes servers of the test's own: new_server("--option", …), not started yet."""
    made = []

    def make(*options, **variables):
        made.append(Server(tmp_path / f"data{len(made)}", *options, *new_database(), **variables))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def numbers():
    return itertools.count(GIVEN_OUT_FROM)


@pytest.fixture
def new_student(server, numbers):
    return lambda: Person(server, next(numbers))


@pytest.fixture
def student(new_student):
    """Somebody who has handed in nothing yet."""
    return new_student()


@pytest.fixture(scope="session")
def teacher(server):
    return Person(server, teacher=True)


@pytest.fixture(scope="session")
def admin(server):
    return Admin(server)


@pytest.fixture(scope="session")
def others(server):
    """Ids of the assignments that cover the other policies."""
    return server.demo["edlink"]["assignments"]
