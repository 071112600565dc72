"""Receipts: what the server gives, and what handin verify makes of it (issue 3, point 3; DESIGN 5.10)."""
import hashlib
import json
import os
import sqlite3
import stat
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.checks import data_of, warnings_of
from support.edlink import Admin, Caller, Person, file, link, text
from support.receipts import HEADER, check, refusal, unbase64, verify
from support.server import run

KEYS = "/api/handin/v1/receipts/keys"
ODD_TITLE = 'Ünï "quoted" \\ 𝄞 \x7f.pdf'


def receipt_of(caller, submitted):
    """The receipt that the reply to a submit names, as bytes."""
    reply = caller.get(submitted.headers[HEADER])
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"].startswith("application/json")
    return reply.content


def path_of(server, receipt):
    attempt = json.loads(receipt)["statement"]["attempt_id"]
    return f"{server.base_url}/api/handin/v1/receipts/{attempt}"


def saved(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def key_set(server, tmp_path):
    reply = Caller(server).get(KEYS)
    assert reply.status_code == 200
    return saved(tmp_path, "keys.json", reply.content)


def refused(reply, status, code):
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]["code"] == code and reply.json()["error"]["message"]


def test_receipt_right_after_a_submit(server, student, tmp_path):
    essay, words = os.urandom(20_000), "Some words: é𝄞."
    submitted = student.submit(file(ODD_TITLE, essay), link("https://example.org/ü?a=b", "A link"),
                               text(words, ""))
    data = data_of(submitted)
    raw = receipt_of(student, submitted)
    receipt = json.loads(raw)
    check(receipt)

    stated = receipt["statement"]
    ids = server.demo["edlink"]
    assert stated["person_id"] == stated["actor_id"] == student.person_id
    assert stated["class_id"] == ids["class_id"]
    assert stated["assignment_id"] == ids["assignment_id"]
    assert stated["submission_id"] == data["id"]
    assert stated["attempt"] == 1
    assert submitted.headers[HEADER] == path_of(server, raw)
    assert stated["received_at"] == stated["submitted_at"] <= stated["committed_at"]
    shown = data["attempts"][0]["created_date"]
    assert stated["submitted_at"].split(".")[0] == shown.removesuffix("Z").split(".")[0]
    assert stated["attachments"] == [
        {"kind": "file", "title": ODD_TITLE, "size": 20_000,
         "sha256": hashlib.sha256(essay).hexdigest()},
        {"kind": "link", "title": "A link", "url": "https://example.org/ü?a=b"},
        {"kind": "text", "title": "", "size": len(words.encode()),
         "sha256": hashlib.sha256(words.encode()).hexdigest()}]

    downloaded = student.get(data["attempts"][0]["attachments"][0]["url"]).content
    told = verify(saved(tmp_path, "r.json", raw), saved(tmp_path, "essay", downloaded),
                  saved(tmp_path, "words", words), "--keys", key_set(server, tmp_path))
    assert student.person_id in told and data["id"] in told
    assert f"the same bytes as {tmp_path / 'essay'}" in told
    assert "https://example.org/ü?a=b" in told and "not compared" not in told
    assert "\x7f" not in told  # a title does not get to the terminal as it is


def test_repeats_name_the_receipt_of_their_attempt(student):
    first = student.submit(key="receipt-1")
    student.reclaim()
    second = student.submit(key="receipt-2")
    assert first.headers[HEADER] != second.headers[HEADER]
    again = student.submit(key="receipt-1")
    assert warnings_of(again) == ["IDEMPOTENCY_KEY_REPEATED"]
    assert again.headers[HEADER] == first.headers[HEADER]
    assert receipt_of(student, again) == receipt_of(student, first)
    numbers = [json.loads(receipt_of(student, reply))["statement"]["attempt"]
               for reply in (first, second)]
    assert numbers == [1, 2]


def test_only_submits_have_one(student):
    assert HEADER not in student.submit(json={"attachments": []}).headers
    assert HEADER in student.submit().headers
    assert HEADER not in student.submit().headers  # refused: reclaim first
    assert HEADER not in student.reclaim().headers


def test_who_may_have_it(server, student, teacher, admin, new_student):
    url = student.submit().headers[HEADER]
    own = student.get(url).content
    assert teacher.get(url).content == admin.get(url).content == own
    refused(new_student().get(url), 404, "not_found")
    refused(Caller(server).get(url), 401, "unauthorized")
    refused(Caller(server, "nonsense").get(url), 401, "unauthorized")
    refused(Caller(server, student.refresh_token).get(url), 401, "unauthorized")


@pytest.mark.parametrize("attempt", ["00000000-0000-7000-8000-000000000000", "x", "%00", "a" * 2000])
def test_no_such_attempt(student, admin, attempt):
    for caller in (student, admin):
        refused(caller.get(f"/api/handin/v1/receipts/{attempt}"), 404, "not_found")
    refused(admin.post(f"/api/handin/v1/receipts/{attempt}"), 405, "method_not_allowed")


def test_an_id_of_something_else(student):
    data = data_of(student.submit())
    for other in (data["id"], data["assignment_id"], student.person_id,
                  data["attempts"][0]["attachments"][0]["id"]):
        refused(student.get(f"/api/handin/v1/receipts/{other}"), 404, "not_found")


def test_keys_are_public(server, student):
    reply = Caller(server).get(KEYS)
    assert reply.headers["Content-Type"] == "application/jwk-set+json"
    [key] = reply.json()["keys"]
    receipt = json.loads(receipt_of(student, student.submit()))
    assert key == {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                   "kid": receipt["batch"]["key_id"], "x": receipt["key"]["x"]}
    assert len(unbase64(key["x"])) == 32


def test_many_in_one_batch(server, new_student, tmp_path):
    students = [new_student() for _ in range(32)]
    with ThreadPoolExecutor(len(students)) as pool:
        for _ in range(4):  # until some have shared a commit; nearly always at once
            replies = list(pool.map(Person.submit, students))
            raws = [receipt_of(*pair) for pair in zip(students, replies)]
            receipts = list(map(json.loads, raws))
            if max(receipt["batch"]["size"] for receipt in receipts) > 1:
                break
            list(pool.map(Person.reclaim, students))
    batches = {}
    for receipt in receipts:
        check(receipt)
        batches.setdefault(receipt["batch"]["batch_id"], []).append(receipt)
    assert len(batches) < len(receipts)
    for together in batches.values():  # nobody else hands in meanwhile
        assert sorted(receipt["index"] for receipt in together) == list(range(len(together)))
        assert all(receipt["batch"] == together[0]["batch"] for receipt in together)
        assert together[0]["batch"]["size"] == len(together)
    keys = key_set(server, tmp_path)
    for number, raw in enumerate(raws[:8]):
        verify(saved(tmp_path, f"{number}.json", raw), "--keys", keys)


def test_after_a_crash(new_server, tmp_path):
    server = new_server("--students", 10).start()
    people = [Person(server, index) for index in range(10)]
    receipts = {}
    for person in people:
        reply = person.submit(file("big.bin", os.urandom(10_000)))
        receipts[reply.headers[HEADER]] = receipt_of(person, reply)
    people[0].reclaim()
    last = people[0].submit(key="last")  # its receipt is asked for only after the crash
    keys = key_set(server, tmp_path)
    server.kill()
    server.start()
    for url, raw in receipts.items():
        assert Admin(server).get(url).content == raw
    raw = receipt_of(people[0], last)
    assert json.loads(raw)["statement"]["attempt"] == 2
    verify(saved(tmp_path, "r.json", raw), "--keys", keys)
    assert people[0].submit(key="last").headers[HEADER] == last.headers[HEADER]
    assert key_set(server, tmp_path).read_bytes() == keys.read_bytes()


def key_list(data):
    done = run("receipt-key", "list", "--data", data)
    assert done.returncode == 0, done.stderr
    return [tuple(line.split("  ")) for line in done.stdout.splitlines()]


def test_rotation_keeps_old_receipts_valid(new_server, tmp_path):
    server = new_server("--students", 3).start()
    one, two, three = (Person(server, index) for index in range(3))
    first = receipt_of(one, one.submit())
    [(old, state)] = key_list(server.data)
    assert state == "in use" and json.loads(first)["batch"]["key_id"] == old

    private = server.data / "receipt-key.pem"
    before = private.read_bytes()
    done = run("receipt-key", "rotate", "--data", server.data)
    assert done.returncode == 0 and "next start" in done.stdout, done.stderr
    new = done.stdout.split()[0]
    assert private.read_bytes() != before
    assert key_list(server.data) == [(new, "in use"), (old, "retired")]
    # a server that is running goes on with the key that it has
    second = receipt_of(two, two.submit())
    assert json.loads(second)["batch"]["key_id"] == old

    assert server.stop() == 0
    server.start()
    third = receipt_of(three, three.submit())
    assert json.loads(third)["batch"]["key_id"] == new
    assert one.get(path_of(server, first)).content == first
    keys = key_set(server, tmp_path)
    assert [key["kid"] for key in json.loads(keys.read_text())["keys"]] == [new, old]
    for name, raw in (("1", first), ("2", second), ("3", third)):
        assert "is one of those in" in verify(saved(tmp_path, name, raw), "--keys", keys)
    printed = run("receipt-key", "list", "--jwks", "--data", server.data).stdout
    assert json.loads(printed) == json.loads(keys.read_text())


def test_secrets_are_the_owners(server):
    for name in ("receipt-key.pem", "receipt-keys.json"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o600


def test_a_damaged_key_stops_the_start(new_server):
    server = new_server("--students", 2).start()
    server.stop()
    (server.data / "receipt-key.pem").write_text("no key")
    done = run("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert done.returncode not in (0, -6, -11)
    assert "receipt-key.pem" in done.stderr and "Ed25519" in done.stderr


def test_receipts_off(new_server, tmp_path):
    server = new_server("--students", 3, "--receipts", "off").start()
    one, two = Person(server, 0), Person(server, 1)
    without = one.submit(key="one")
    data_of(without)
    assert HEADER not in without.headers
    attempt = attempt_ids(server)[-1]
    for caller in (one, Admin(server)):
        refused(caller.get(f"/api/handin/v1/receipts/{attempt}"), 404, "no_receipt")
    refused(two.get(f"/api/handin/v1/receipts/{attempt}"), 404, "not_found")
    assert Caller(server).get(KEYS).json() == {"keys": []}
    assert not (server.data / "receipt-key.pem").exists()
    done = run("receipt-key", "rotate", "--data", server.data)
    assert done.returncode != 0 and "receipt-key.pem" in done.stderr

    # turned on, old attempts stay as they are
    server.stop()
    server.options = ["--students", "3"]
    server.start()
    refused(one.get(f"/api/handin/v1/receipts/{attempt}"), 404, "no_receipt")
    assert HEADER not in one.submit(key="one").headers  # a repeat
    raw = receipt_of(two, submitted := two.submit())
    verify(saved(tmp_path, "r.json", raw))

    # turned off again, receipts that there are can still be had
    server.stop()
    server.options += ["--receipts", "off"]
    server.start()
    assert receipt_of(two, submitted) == raw
    assert len(Caller(server).get(KEYS).json()["keys"]) == 1


def attempt_ids(server):
    """Of all attempts, oldest first, as the database has them."""
    with sqlite3.connect(f"file:{server.data}/handin.db?mode=ro", uri=True) as db:
        return [str(uuid.UUID(bytes=row[0]))
                for row in db.execute("SELECT id FROM attempt ORDER BY id")]


@pytest.fixture(scope="module")
def example(server, numbers, tmp_path_factory):
    """A receipt with its files and keys, all true."""
    folder = tmp_path_factory.mktemp("receipt")
    student = Person(server, next(numbers))
    raw = receipt_of(student, student.submit(file("a.txt", b"first"), file("b.bin", bytes(range(256)))))
    saved(folder, "a.txt", b"first")
    saved(folder, "b.bin", bytes(range(256)))
    saved(folder, "receipt.json", raw)
    key_set(server, folder)
    return folder


def test_verify_without_keys_says_what_is_not_proven(example):
    told = verify(example / "receipt.json")
    assert "whose it is, this does not prove" in told and "--keys" in told
    assert told.count("not compared with a file") == 2


def test_verify_reads_standard_input(example):
    raw = (example / "receipt.json").read_text()
    assert "the same bytes as" in verify("-", example / "a.txt", stdin=raw)
    assert "the same bytes as -" in verify(example / "receipt.json", "-", stdin="first")
    assert "only one" in refusal("-", "-", stdin=raw)


def test_verify_of_a_receipt_that_was_laid_out(example, tmp_path):
    receipt = json.loads((example / "receipt.json").read_text())
    verify(saved(tmp_path, "wide.json", json.dumps(receipt, indent=4, ensure_ascii=False) + "\n"))


def test_verify_reasons(example, tmp_path):
    receipt, keys = example / "receipt.json", example / "keys.json"
    raw = receipt.read_text()

    def changed(before, after):
        assert before in raw
        name = hashlib.sha256(after.encode()).hexdigest()
        return saved(tmp_path, name, raw.replace(before, after, 1))

    for arguments, told in [
            ([changed('"attempt":1', '"attempt":2')], "not in the signed batch"),
            ([changed('"size":5', '"size":6')], "not in the signed batch"),
            ([changed('"index":', '"also":1,"index":')], "as handin writes it"),
            ([changed('"type":"handin.receipt.v1"', '"type":"x"')], "handin.receipt.v1"),
            ([example / "a.txt"], "not JSON"),
            ([example / "nothing"], "cannot read"),
            ([example], "cannot read"),
            ([receipt, example / "nothing"], "cannot read"),
            ([receipt, example / "a.txt", keys], "keys.json is not what was handed in"),
            ([receipt, saved(tmp_path, "a.txt", b"first ")], "a.txt is not what was handed in"),
            ([receipt, "--keys", example / "a.txt"], "not JSON"),
            ([receipt, "--keys", saved(tmp_path, "k", '{"keys":[]}')], "which is not in"),
            ([receipt, "--keys", example / "nothing"], "cannot read")]:
        assert told in refusal(*arguments), arguments


def test_verify_another_key_than_the_schools(example, new_server, tmp_path):
    other = new_server("--students", 2).start()
    forger = Person(other, 0)
    forged = saved(tmp_path, "r.json", receipt_of(forger, forger.submit()))
    verify(forged)
    assert "which is not in" in refusal(forged, "--keys", example / "keys.json")


def test_every_changed_byte_of_a_file_is_found(example, tmp_path):
    data = bytearray((example / "a.txt").read_bytes())
    for at in range(len(data)):
        bad = bytearray(data)
        bad[at] ^= 1 << at % 8
        assert "is not what was handed in" in refusal(example / "receipt.json",
                                                      saved(tmp_path, "bad", bytes(bad)))


def test_changed_bytes_of_a_receipt_are_found(example, tmp_path):
    # of a real download, by the real command; tests/unit/receipt/tampering_test.cpp flips every bit
    raw = (example / "receipt.json").read_bytes()
    for at in range(0, len(raw), 7):
        bad = bytearray(raw)
        bad[at] ^= 1 << at % 8
        reason = refusal(saved(tmp_path, "bad.json", bytes(bad)))
        assert "is no valid receipt" in reason, (at, reason)


def test_help():
    done = run("verify", "--help")
    assert done.returncode == 0
    for word in ("RECEIPT", "FILE", "--keys", "offline"):
        assert word in done.stdout
    assert run("verify").returncode != 0
    for command in ("list", "rotate"):
        assert "--data" in run("receipt-key", command, "--help").stdout
