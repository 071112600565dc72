"""Three nodes, PostgreSQL, S3 and the balancer of deploy/nginx.conf: what a client sees when nodes and the database
come and go behind it."""
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.balancer import KEYS, Site
from support.edlink import Admin, Person, file
from support.maintenance import backup, check, restore
from support.receipts import HEADER, check as check_receipt
from support.uploads import TUS, create, handed_in, patch, uploaded

MIB = 1 << 20
WORK = random.Random(4).randbytes(20 * MIB)
PATIENCE = 60  # seconds until a site that has lost something answers again


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    try:
        yield made.start()
    finally:
        made.close()


@pytest.fixture(autouse=True)
def everything_up(site):
    yield
    if site.database.process.poll() is not None:
        site.database.start()
    for node in site.nodes:
        site.restart(node)
        node.wait_ready()


def until_taken(send):
    """Repeats what is answered 503 with Retry-After; the reply, and those that were not."""
    end = time.monotonic() + PATIENCE
    away = []
    while True:
        reply = send()
        if reply.status_code != 503:
            return reply, away
        assert int(reply.headers["Retry-After"]) >= 1, reply.headers
        assert time.monotonic() < end
        away.append(reply.text)
        time.sleep(0.2)


def numbers(events):
    return [event["payload"]["body"]["attempt"] for event in events]


def test_every_node_takes_its_part(site):
    def work(index):
        return Person(site, index).submit(key="once").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(20))) == {200}
    for node in site.nodes:
        assert any(line.find("/submit") > 0 for line in node.log_lines()), node.data
    assert numbers(Admin(site).events()) == 20 * [1]


def test_who_the_client_is_and_what_it_is_told(site):
    student = Person(site, 21)
    reply = student.submit(file("large", WORK[:MIB]))
    [attachment] = reply.json()["$data"]["attempts"][0]["attachments"]
    assert attachment["url"].startswith(site.base_url + "/")
    assert student.get(attachment["url"]).content == WORK[:MIB]
    receipt = student.get(reply.headers[HEADER]).json()
    check_receipt(receipt)
    [event] = Admin(site).events_of(student)
    assert event["metadata"]["client_ip"] == "127.0.0.1"
    assert event["metadata"]["hostname"] == "127.0.0.1"
    keys = {node.data.joinpath("receipt-keys.json").read_text() for node in site.nodes}
    assert len(keys) == 1  # a receipt of any node is one of the site's
    assert student.get("/metrics").status_code == 404


def until(condition):
    """Its first answer that is not nothing."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def offset_of(person, path):
    reply, _ = until_taken(lambda: person.request("HEAD", path, headers=TUS))
    assert reply.status_code == 200, (reply.status_code, reply.headers)
    return int(reply.headers["Upload-Offset"])


def answered(node, method, path=""):
    """How many requests, as its log says."""
    return sum(f'"method":"{method}"' in line and path in line for line in node.log_lines())


def test_an_upload_goes_on_at_another_node(site, capsys):
    """Whichever node has received a piece is killed, and comes back later."""
    student = Person(site, 22)
    path = create(student, len(WORK))
    killed = []
    gone = None
    sent = 0
    while sent < len(WORK):
        before = [answered(node, "PATCH") for node in site.nodes]

        def piece():
            at = offset_of(student, path)
            return patch(student, path, at, WORK[at:at + 7 * MIB])

        reply, _ = until_taken(piece)
        assert reply.status_code == 204, reply.text
        sent = int(reply.headers["Upload-Offset"])
        [holder] = until(lambda: [node for node, count in zip(site.nodes, before)
                                  if answered(node, "PATCH") > count])
        if gone:
            site.restart(gone)
            gone.wait_ready()
        holder.kill()
        gone = holder
        killed.append(site.nodes.index(holder) + 1)
        assert offset_of(student, path) == sent  # another has it
    assert len(set(killed)) > 1
    reply, _ = until_taken(lambda: student.submit(uploaded(path, title="work.bin"), key="u"))
    assert reply.status_code == 200, reply.text
    assert handed_in(student, student.submission()) == [WORK]
    with capsys.disabled():
        print(f"\nbalancer: an upload of {len(WORK) // MIB} MiB went on after kill -9 of nodes {killed}")


def test_a_node_goes_and_nobody_waits(site):
    students = [Person(site, index) for index in (23, 24, 25)]
    for node, student in zip(site.nodes, students):
        node.kill()
        start = time.monotonic()
        for turn in range(6):
            for send in (lambda key: student.submit(key=key), lambda key: student.reclaim(key="r" + key)):
                reply, away = until_taken(lambda: send(str(turn)))
                assert reply.status_code == 200, reply.text
                assert len(away) <= 1, away  # of what was kept alive to the node that is gone
        assert time.monotonic() - start < 20
        assert len(student.submission()["attempts"]) == 6
        node.start()
        before = answered(node, "GET", "/classes")  # until the balancer uses it again
        until(lambda: student.my("/classes").ok and answered(node, "GET", "/classes") > before)


def test_the_nodes_own_refusals_arrive_as_they_are(site):
    """503 with Retry-After is handin's, not asked again at another node."""
    student = Person(site, 26)
    site.database.stop()
    reply = student.submit(key="a")
    assert reply.status_code == 503 and int(reply.headers["Retry-After"]) >= 1
    assert reply.headers["Content-Type"].startswith("application/json")
    site.database.start()
    for node in site.nodes:
        node.wait_ready()
    reply, _ = until_taken(lambda: student.submit(key="a"))
    assert reply.status_code == 200
    assert len(student.submission()["attempts"]) == 1


def test_all_nodes_are_gone(site):
    student = Person(site, 27)
    for node in site.nodes:
        node.kill()
    for reply in (student.submit(), student.my("/classes")):
        assert reply.status_code == 503
        assert int(reply.headers["Retry-After"]) >= 1
    for node in site.nodes:
        site.restart(node)
    reply, _ = until_taken(student.submit)
    assert reply.status_code == 200


def test_check_and_backup_of_the_whole(site, tmp_path, monkeypatch):
    """Last: PostgreSQL and S3 together, beside three nodes."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    where = ("--database", site.database.url(), "--blobs", site.blobs)
    *notes, summary = check(site.nodes[0].data, *where)
    assert summary["sound"] and summary["files"] >= 2, notes
    made = backup(site.nodes[0], tmp_path / "backup", *where)
    assert made["files"] == summary["files"]
    restore(tmp_path / "backup", tmp_path / "restored")
    assert check(tmp_path / "restored")[-1]["events"] == summary["events"]
    assert os.path.exists(tmp_path / "restored/receipt-key.pem")
