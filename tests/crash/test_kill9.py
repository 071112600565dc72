"""kill -9 at random moments under load, restart, and everything that was acknowledged is there
once (DESIGN 10.1 to 10.5). HANDIN_KILLS says how often; `make crash` does more."""
import random
import time

import pytest

from crash.load import Writer
from crash.rounds import KILLS, PER_SCHOOL, SEED, STUDENTS, run_rounds
from crash.uploads import UploadWriter
from support.edlink import Admin
from support.server import Server


@pytest.fixture
def server(tmp_path):
    one = Server(tmp_path / "data", "--students", STUDENTS)
    yield one
    one.close()


@pytest.mark.parametrize("school", range(-(-KILLS // PER_SCHOOL)))
def test_kill9(server, school, capsys):
    kills = min(PER_SCHOOL, KILLS - school * PER_SCHOOL)
    result = run_rounds(server, Server.kill, kills, "kill -9", SEED + school)
    with capsys.disabled():
        print("\n" + result.summary + f"; {result.check.count['receipts']} receipts checked")
    assert result.check.problems == []
    assert result.attempts >= kills  # there was a load worth the name
    # No start has lost the key of receipts.
    keys = Admin(server).get("/api/handin/v1/receipts/keys").json()["keys"]
    assert result.check.keys == {key["kid"] for key in keys}


def test_kill9_uploads(server, capsys):
    result = run_rounds(server, Server.kill, max(6, KILLS // 5), "uploads, kill -9",
                        kind=UploadWriter)
    with capsys.disabled():
        print(f"\n{result.summary}; {result.check.count['uploads checked']} uploads checked")
    assert result.check.problems == []
    assert result.check.count["uploads checked"] > 0


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
