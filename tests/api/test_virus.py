"""Infected files are kept out, with a real clamd: refused, quarantined, counted; and what happens without it."""
import hashlib
import io
import json
import threading
import time
import zipfile

import pytest

from support.checks import data_of, refusal_of
from support.clamd import CLAM_NAME, EICAR, EICAR_NAME, TEST_FILES, Clamd
from support.edlink import Admin, Caller, Person, file, link, text
from support.server import free_port, run

LIMIT = 25 << 20  # of the clamd that most tests share
LONG = b"These are no more than words. " * 700  # 21 kB: a file of its own


@pytest.fixture
def new_clamd(tmp_path):
    made = []

    def make(**settings):
        made.append(Clamd(tmp_path / f"clamd{len(made)}", **settings))
        return made[-1].start()

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def shared_clamd(tmp_path_factory):
    clamd = Clamd(tmp_path_factory.mktemp("virus") / "clamd", StreamMaxLength=LIMIT, MaxFileSize=LIMIT)
    try:
        yield clamd.start()
    finally:
        clamd.close()


@pytest.fixture
def site(new_server, shared_clamd):
    return new_server("--clamd", shared_clamd.address, "--max-body-bytes", 80 << 20).start()


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("homework/essay.txt", data)
    return out.getvalue()


def quarantined(server):
    """(description, bytes or None) of each finding, oldest first."""
    found = []
    for description in sorted((server.data / "quarantine").glob("*.json")):
        kept = description.with_suffix(".bin")
        found.append((json.loads(description.read_text()), kept.read_bytes() if kept.exists() else None))
    return found


def stored_files(server):
    return [path for path in (server.data / "files").rglob("*")
            if path.is_file() and path.name != ".database"]


def wait_until_removed(server):
    end = time.monotonic() + 10
    while stored_files(server):
        assert time.monotonic() < end, stored_files(server)
        time.sleep(0.02)


def metric(server, name):
    return sum(float(line.split()[1]) for line in Caller(server).get("/metrics").text.splitlines()
               if line.startswith(name + " "))


INFECTED = {
    "small": (EICAR, EICAR_NAME),
    "large": (LONG + EICAR + LONG, EICAR_NAME),
    "in the last bytes of 5 MB": (bytes(5_000_000) + EICAR, EICAR_NAME),
    "zipped": (zipped(EICAR), EICAR_NAME),
    "clam.exe": ((TEST_FILES / "clam.exe").read_bytes, CLAM_NAME),
    "clam.zip": ((TEST_FILES / "clam.zip").read_bytes, CLAM_NAME),
    "clam.7z": ((TEST_FILES / "clam.7z").read_bytes, CLAM_NAME),
    "clam.tar.gz": ((TEST_FILES / "clam.tar.gz").read_bytes, CLAM_NAME),
}


def test_infected_files(site):
    for index, (name, (data, signature)) in enumerate(INFECTED.items()):
        data = data() if callable(data) else data
        student = Person(site, index)
        reply = student.submit(file("fine.txt", b"fine"), file(f"{name}.bin", data))
        error = refusal_of(reply, "INVALID_REQUEST_BODY")
        assert error["message"].startswith("attachments[1]: "), name
        assert f"{name}.bin" in error["message"] and signature in error["message"]
        assert len(reply.json()["$errors"]) == 1
        assert student.submission()["attempts"] == []
        description, kept = quarantined(site)[-1]
        assert kept == data, name
        assert description["signature"].startswith(signature)
        assert description["title"] == f"{name}.bin"
        assert description["sha256"] == hashlib.sha256(data).hexdigest()
        assert description["size"] == len(data) and description["bytes_kept"]
        assert description["person_id"] == student.person_id
        assert description["assignment_id"] == site.demo["edlink"]["assignment_id"]
        assert description["request_id"] == reply.json()["$request"]
        assert description["client_ip"] == "127.0.0.1"
    wait_until_removed(site)
    assert Admin(site).events() == []
    assert len(quarantined(site)) == len(INFECTED)
    assert metric(site, 'handin_scans_total{result="infected"}') == len(INFECTED)
    assert metric(site, 'handin_scans_total{result="clean"}') == len(INFECTED)
    assert metric(site, "handin_scan_seconds_count") == 2 * len(INFECTED)
    warnings = [line for line in map(json.loads, site.log_lines()) if line["message"] == "infected file"]
    assert [line["signature"].split(".")[0] for line in warnings] == [name for _, name in INFECTED.values()]
    assert "small.bin" not in site.log.read_text()  # what people hand in is not in the log
    assert {path.stat().st_mode & 0o777 for path in (site.data / "quarantine").iterdir()} == {0o600}


@pytest.mark.parametrize("data", [EICAR, LONG + EICAR], ids=["row", "file"])
def test_infected_uploads(site, data):
    # sent before it is handed in (docs/uploads.md): nobody else has it until then
    student = Person(site, 5)
    sent = {name: student.post("/api/handin/v1/uploads", params={"filename": name}, data=content).json()["id"]
            for name, content in {"bad": data, "good": b"good" * 5000}.items()}
    attached = [{"type": "file", "upload_id": upload_id} for upload_id in sent.values()]
    error = refusal_of(student.submit(*attached), "INVALID_REQUEST_BODY")
    assert error["message"].startswith("attachments[0]: ") and EICAR_NAME in error["message"]
    assert [kept for _, kept in quarantined(site)][-1] == data
    assert student.get("/api/handin/v1/uploads/" + sent["bad"]).status_code == 404
    assert data_of(student.submit(attached[1]))["state"] == "submitted"
    data_of(student.reclaim())


def test_infected_texts(site):
    for index, words in enumerate((EICAR.decode(), (LONG + EICAR).decode())):
        error = refusal_of(Person(site, index).submit(text(words)), "INVALID_REQUEST_BODY")
        assert EICAR_NAME in error["message"]
    assert [kept for _, kept in quarantined(site)] == [EICAR, LONG + EICAR]


def test_clean_work(site):
    student, archive = Person(site, 0), zipped(LONG)
    data = data_of(student.submit(file("a.txt", b"hello"), file("b.zip", archive), text("words"), link()))
    urls = [item["url"] for item in data["attempts"][0]["attachments"] if item["type"] == "file"]
    assert [student.get(url).content for url in urls] == [b"hello", archive]
    assert quarantined(site) == []
    assert metric(site, 'handin_scans_total{result="clean"}') == 3  # a link has no bytes


def big_body(size, end=b""):
    numbers = b"1," * size + b"".join(b"%d," % byte for byte in end)
    return b'{"attachments":[{"type":"file","title":"big.bin","data":[' + numbers[:-1] + b"]}]}"


def test_20_megabytes(site):
    student, other = Person(site, 0), Person(site, 1)
    before = site.peak_memory()
    data = data_of(student.submit(data=big_body(20_000_000)))
    assert len(student.get(data["attempts"][0]["attachments"][0]["url"]).content) == 20_000_000
    refusal_of(other.submit(data=big_body(20_000_000, EICAR)), "INVALID_REQUEST_BODY")
    [(_, kept)] = quarantined(site)
    assert kept == b"\1" * 20_000_000 + EICAR
    assert site.peak_memory() - before < 16 << 20


def test_a_refused_student_hands_in_something_else(site):
    student = Person(site, 0)
    refusal_of(student.submit(file("a", EICAR), key="k"), "INVALID_REQUEST_BODY")
    data = data_of(student.submit(file("a", b"clean"), key="k"))
    assert student.submission() == data


def test_over_tcp(new_server, new_clamd):
    port = free_port()
    new_clamd(TCPSocket=port, TCPAddr="127.0.0.1")
    server = new_server("--clamd", f"127.0.0.1:{port}").start()
    data_of(Person(server, 0).submit())
    refusal_of(Person(server, 1).submit(file("a", LONG + EICAR)), "INVALID_REQUEST_BODY")


def is_try_later(reply):
    assert reply.status_code == 503, reply.text
    assert int(reply.headers["Retry-After"]) >= 1
    assert reply.json()["$errors"]
    return True


def test_clamd_gone_and_back(new_server, new_clamd):
    clamd = new_clamd()
    server = new_server("--clamd", clamd.address).start()
    student = Person(server, 0)
    data_of(student.submit())
    clamd.close()
    other = Person(server, 1)
    for work in (file("a", b"clean"), file("a", LONG)):
        assert is_try_later(other.submit(work, key="k"))
    assert other.submission()["attempts"] == []
    wait_until_removed(server)
    assert metric(server, 'handin_scans_total{result="unavailable"}') == 2
    clamd.start()
    data = data_of(other.submit(file("a", LONG), key="k"))  # the same request: nothing was lost
    assert other.submission() == data
    refusal_of(Person(server, 2).submit(file("a", EICAR)), "INVALID_REQUEST_BODY")
    assert server.errors() == []


def test_clamd_too_slow(new_server, new_clamd):
    clamd = new_clamd()
    server = new_server("--clamd", clamd.address, "--clamd-timeout", 1, "--clamd-connections", 2).start()
    students = [Person(server, index) for index in range(10)]
    replies = []
    clamd.pause()
    begun = time.monotonic()
    threads = [threading.Thread(target=lambda student=student: replies.append(student.submit(file("a", LONG))))
               for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.9 < time.monotonic() - begun < 10  # those who wait for their turn do not add up
    assert len(replies) == 10 and all(map(is_try_later, replies))
    assert Caller(server).get("/healthz").status_code == 200
    clamd.go_on()
    for student in students:
        data_of(student.submit())


def test_taken_without_a_scan_if_told_so(new_server, tmp_path):
    server = new_server("--clamd", f"unix:{tmp_path}/nobody", "--clamd-unavailable", "accept").start()
    data_of(Person(server, 0).submit(file("a", LONG)))
    [warning] = [line for line in map(json.loads, server.log_lines()) if line["level"] == "warn"]
    assert warning["result"] == "unavailable" and warning["reason"]


def test_larger_than_clamd_takes(new_server, new_clamd):
    port = free_port()
    clamd = new_clamd(StreamMaxLength=100_000, TCPSocket=port, TCPAddr="127.0.0.1")
    for address in (clamd.address, f"127.0.0.1:{port}"):
        strict = new_server("--clamd", address).start()
        student = Person(strict, 0)
        error = refusal_of(student.submit(file("film.mp4", bytes(3_000_000))), "INVALID_REQUEST_BODY")
        assert "film.mp4" in error["message"] and "larger" in error["message"]
        data_of(student.submit(file("a", bytes(90_000))))
        assert metric(strict, 'handin_scans_total{result="too_large"}') == 1
    lenient = new_server("--clamd", clamd.address, "--clamd-unavailable", "accept").start()
    data_of(Person(lenient, 0).submit(file("film.mp4", bytes(3_000_000))))


def test_many_at_once(new_server, shared_clamd):
    server = new_server("--clamd", shared_clamd.address, "--clamd-connections", 2).start()
    replies = {}

    def hand_in(student, data):
        replies[student.index] = student.submit(file("a", data)).status_code

    threads = [threading.Thread(target=hand_in, args=[Person(server, index), EICAR if index % 3 == 0 else LONG])
               for index in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {index: 400 if index % 3 == 0 else 200 for index in range(30)}
    assert len(quarantined(server)) == 10


def test_the_quarantine_has_an_end(new_server, shared_clamd):
    server = new_server("--clamd", shared_clamd.address, "--max-quarantine-bytes", 70_000).start()
    work = [b"%d" % index + LONG + EICAR for index in range(4)]  # 21 kB and what a finding takes

    def refused(data):
        refusal_of(Person(server, 0).submit(file("a", data)), "INVALID_REQUEST_BODY")

    for data in work:
        refused(data)
    assert [kept for _, kept in quarantined(server)] == work[2:]
    server.stop()
    server.start()  # it counts what is there
    refused(EICAR)
    refused(work[0])
    assert [kept for _, kept in quarantined(server)] == [work[3], EICAR, work[0]]
    refused(bytes(100_000) + EICAR)  # no room for that at all
    description, kept = quarantined(server)[-1]
    assert kept is None and not description["bytes_kept"]


@pytest.mark.parametrize("address", ["clamd", "unix:", ":3310", "host:"])
def test_no_address(tmp_path, address):
    done = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--clamd", address, timeout=20)
    assert done.returncode == 1
    assert "--clamd" in done.stderr and address in done.stderr
