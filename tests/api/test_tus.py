"""The tus protocol 1.0.0, as literal requests and answers (tus.io/protocols/resumable-upload).

Section names in comments are those of the specification.
"""
import email.utils
import hashlib
import time

import pytest

from support.raw import Raw
from support.uploads import (BYTES, TUS, UPLOADS, b64, create, digest, id_in, offset_of, patch, send)

LATER = "01a20b8c-7a5d-7632-a44e-b1f218b8dc04"  # the id of nothing
HELLO = b"hello world"


def check(reply, status, **headers):
    assert reply.status_code == status, (reply.status_code, reply.text)
    for name, value in headers.items():
        assert reply.headers.get(name.replace("_", "-")) == value, (name, reply.headers)


def test_options(server, student):
    # OPTIONS: no version and no token are needed
    student.http.headers.pop("Authorization")
    for headers in ({}, TUS, {"Tus-Resumable": "9"}):
        reply = student.request("OPTIONS", UPLOADS, headers=headers)
        check(reply, 204, Tus_Version="1.0.0", Tus_Max_Size=str(2 << 30),
              Tus_Checksum_Algorithm="sha1,sha256,md5",
              Tus_Extension="creation,creation-with-upload,creation-defer-length,expiration,"
                            "checksum,termination,concatenation")


def test_life(student):
    reply = student.post(UPLOADS, headers={**TUS, "Upload-Length": "11",
                                           "Upload-Metadata": f"filename {b64('ä b.txt')},is_x"})
    check(reply, 201, Tus_Resumable="1.0.0", Upload_Offset="0")
    path = reply.headers["Location"]
    assert path.startswith(UPLOADS + "/")

    reply = student.request("HEAD", path, headers=TUS)
    check(reply, 200, Tus_Resumable="1.0.0", Upload_Offset="0", Upload_Length="11",
          Upload_Metadata=f"filename {b64('ä b.txt')},is_x", Cache_Control="no-store",
          Upload_Concat=None, Upload_Defer_Length=None)

    check(patch(student, path, 0, b"hello "), 204, Tus_Resumable="1.0.0", Upload_Offset="6")
    check(student.request("HEAD", path, headers=TUS), 200, Upload_Offset="6", Upload_Length="11")
    check(patch(student, path, 6, b"world"), 204, Upload_Offset="11")
    check(student.request("HEAD", path, headers=TUS), 200, Upload_Offset="11")
    # nothing more to send, said by somebody who has not heard of the last answer
    check(patch(student, path, 11, b""), 204, Upload_Offset="11")

    facts = student.get(path).json()
    assert facts["state"] == "finished" and facts["size"] == 11
    assert facts["filename"] == "ä b.txt"
    assert facts["sha256"] == "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"

    reply = student.request("DELETE", path, headers=TUS)
    check(reply, 204, Tus_Resumable="1.0.0")
    check(student.request("HEAD", path, headers=TUS), 404, Upload_Offset=None)
    check(patch(student, path, 11, b""), 404)
    check(student.request("DELETE", path, headers=TUS), 404)


# What is wrong, and the answer. The upload has the 6 bytes "hello " of 11.
PATCHES = [
    ({"Upload-Offset": "5"}, b"x", 409),
    ({"Upload-Offset": "7"}, b"x", 409),
    ({"Upload-Offset": "11"}, b"", 409),
    ({"Upload-Offset": "-1"}, b"x", 400),
    ({"Upload-Offset": ""}, b"x", 400),
    ({"Upload-Offset": "6x"}, b"x", 400),
    ({"Upload-Offset": "6"}, b"worlds", 413),
    ({"Upload-Offset": "6", "Content-Type": "text/plain"}, b"world", 415),
    ({"Upload-Offset": "6", "Tus-Resumable": "0.2.2"}, b"world", 412),
    ({"Upload-Offset": "6", "Tus-Resumable": None}, b"world", 412),
    ({"Upload-Offset": "6", "Upload-Length": "12"}, b"world", 400),
    ({"Upload-Offset": "6", "Upload-Checksum": "crc32 AAAA"}, b"world", 400),
    ({"Upload-Offset": "6", "Upload-Checksum": "sha1 AAAA"}, b"world", 400),
    ({"Upload-Offset": "6", "Upload-Checksum": digest(b"words")}, b"world", 460),
    ({"Upload-Offset": "6", "Upload-Checksum": digest(b"w", "md5")}, b"world", 460),
    ({"Upload-Offset": "6", "Upload-Checksum": digest(b"", "sha256")}, b"world", 460),
    ({"Upload-Offset": "6", "Authorization": "Bearer x"}, b"world", 401),
    ({"Upload-Offset": "6", "Authorization": None}, b"world", 401),
]


def test_refused_patches_change_nothing(student):
    path = create(student, 11)
    check(patch(student, path, 0, b"hello "), 204)
    for headers, data, status in PATCHES:
        reply = student.request("PATCH", path, data=data, headers={**BYTES, **headers})
        check(reply, status, Tus_Resumable="1.0.0",
              Tus_Version="1.0.0" if status == 412 else None)
        assert reply.json()["error"]["message"]
        assert offset_of(student, path) == 6
    check(patch(student, path, 6, b"world"), 204, Upload_Offset="11")
    assert student.get(path).json()["sha256"].startswith("b94d27b9934d3e08")


CREATIONS = [
    ({}, 400),
    ({"Upload-Length": ""}, 400),
    ({"Upload-Length": "-1"}, 400),
    ({"Upload-Length": "1e3"}, 400),
    ({"Upload-Length": "99999999999999999999"}, 400),
    ({"Upload-Length": str((2 << 30) + 1)}, 413),
    ({"Upload-Defer-Length": "2"}, 400),
    ({"Upload-Defer-Length": "1", "Upload-Length": "1"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": "filename a"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": "filename !!!!"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": f"a {b64('x')},a {b64('y')}"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": f",a {b64('x')}"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": f"filename {b64(bytes([255]))}"}, 400),
    ({"Upload-Length": "1", "Upload-Metadata": f"filename {b64('a' + chr(0))}"}, 400),
    ({"Upload-Length": "1", "Upload-Concat": "nothing"}, 400),
    ({"Upload-Concat": "final;"}, 400),
    ({"Upload-Concat": "final;http://a/b"}, 400),
    ({"Upload-Concat": f"final;{UPLOADS}/{LATER}"}, 404),
    ({"Upload-Concat": f"final;{UPLOADS}/{LATER}", "Upload-Length": "1"}, 400),
    ({"Upload-Length": "1", "Tus-Resumable": "1.0.1"}, 412),
    ({"Upload-Length": "1", "Authorization": None}, 401),
]


@pytest.mark.parametrize("headers, status", CREATIONS)
def test_refused_creations(student, headers, status):
    reply = student.post(UPLOADS, headers={**TUS, **headers})
    check(reply, status, Tus_Resumable="1.0.0", Location=None)
    assert reply.json()["error"]["message"]


def test_metadata_of_other_clients(student):
    path = send(student, b"x", Upload_Metadata=f"name {b64('n.txt')},type {b64('text/x')},empty")
    facts = student.get(path).json()
    assert (facts["filename"], facts["content_type"]) == ("n.txt", "text/x")


def test_empty(student):
    path = create(student, 0)
    check(student.request("HEAD", path, headers=TUS), 200, Upload_Offset="0", Upload_Length="0")
    assert student.get(path).json()["state"] == "finished"
    check(patch(student, path, 0, b""), 204, Upload_Offset="0")


def test_creation_with_upload(student):
    def post(length, data, **more):
        return student.post(UPLOADS, data=data, headers={**BYTES, "Upload-Length": length, **more})

    reply = post("11", b"hello ")
    check(reply, 201, Upload_Offset="6")
    check(patch(student, reply.headers["Location"], 6, b"world"), 204, Upload_Offset="11")
    reply = post("11", HELLO, **{"Upload-Checksum": digest(HELLO)})
    check(reply, 201, Upload_Offset="11")
    assert student.get(reply.headers["Location"]).json()["state"] == "finished"
    check(post("11", HELLO, **{"Content-Type": "text/plain"}), 415)
    check(post("10", HELLO), 413)
    check(post("11", HELLO, **{"Upload-Checksum": digest(b"x")}), 460)
    check(post("11", HELLO, **{"Upload-Checksum": "sha1 x"}), 400)


def test_deferred_length(student):
    reply = student.post(UPLOADS, headers={**TUS, "Upload-Defer-Length": "1"})
    check(reply, 201)
    path = reply.headers["Location"]
    check(patch(student, path, 0, b"hello "), 204, Upload_Offset="6")
    check(student.request("HEAD", path, headers=TUS), 200, Upload_Offset="6",
          Upload_Length=None, Upload_Defer_Length="1")
    check(patch(student, path, 6, b"", Upload_Length="5"), 400)
    check(patch(student, path, 6, b"", Upload_Length="11"), 204)
    check(student.request("HEAD", path, headers=TUS), 200, Upload_Length="11",
          Upload_Defer_Length=None)
    check(patch(student, path, 6, b"world", Upload_Length="12"), 400)
    check(patch(student, path, 6, b"world", Upload_Length="11"), 204)
    assert student.get(path).json()["state"] == "finished"

    # the length comes when everything is there
    path = student.post(UPLOADS, headers={**TUS, "Upload-Defer-Length": "1"}).headers["Location"]
    check(patch(student, path, 0, HELLO), 204)
    check(patch(student, path, 11, b"", Upload_Length="11"), 204)
    assert student.get(path).json()["sha256"].startswith("b94d27b9934d3e08")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_checksums(student, algorithm):
    path = create(student, 11)
    check(patch(student, path, 0, b"hello!", Upload_Checksum=digest(b"hello ", algorithm)), 460)
    assert offset_of(student, path) == 0
    check(patch(student, path, 0, b"hello ", Upload_Checksum=digest(b"hello ", algorithm)), 204)
    check(patch(student, path, 6, b"World", Upload_Checksum=digest(b"world", algorithm)), 460)
    check(patch(student, path, 6, b"world", Upload_Checksum=digest(b"world", algorithm)), 204)
    assert student.get(path).json()["sha256"].startswith("b94d27b9934d3e08")


def test_method_override(student):
    path = create(student, 11)
    def post(method, **headers):
        return student.post(path, data=HELLO if method == "PATCH" else b"",
                            headers={**BYTES, "X-HTTP-Method-Override": method, **headers})
    check(post("PATCH", **{"Upload-Offset": "0"}), 204, Upload_Offset="11")
    check(post("HEAD"), 200, Upload_Offset="11")
    check(post("BREW"), 405)
    check(post("DELETE"), 204)
    check(student.request("HEAD", path, headers=TUS), 404)
    check(student.post(UPLOADS, headers={"X-HTTP-Method-Override": "OPTIONS"}), 204,
          Tus_Version="1.0.0")


def test_concatenation(student):
    one = send(student, b"hello ", Upload_Concat="partial")
    two = send(student, b"world", Upload_Concat="partial")
    nothing = create(student, 0, Upload_Concat="partial")
    check(student.request("HEAD", one, headers=TUS), 200, Upload_Concat="partial",
          Upload_Offset="6", Upload_Length="6")

    urls = f"{student.base_url}{one} {nothing} {two}"  # absolute or not
    reply = student.post(UPLOADS, headers={**TUS, "Upload-Concat": f"final;{urls}",
                                           "Upload-Metadata": f"filename {b64('f')}"})
    check(reply, 201)
    final = reply.headers["Location"]
    check(student.request("HEAD", final, headers=TUS), 200, Upload_Length="11", Upload_Offset="11",
          Upload_Concat=f"final;{one} {nothing} {two}")
    check(patch(student, final, 11, b""), 403)
    facts = student.get(final).json()
    assert facts["filename"] == "f" and facts["sha256"].startswith("b94d27b9934d3e08")

    def join(*paths):
        return student.post(UPLOADS, headers={**TUS, "Upload-Concat": "final;" + " ".join(paths)})

    # parts may be used again, in another order, and twice
    again = join(two, one, two)
    check(again, 201)
    assert student.get(again.headers["Location"]).json()["size"] == 16
    check(join(one, final), 400)              # no part
    check(join(one, create(student, 5, Upload_Concat="partial")), 400)  # not complete
    check(student.request("DELETE", one, headers=TUS), 204)
    check(join(one, two), 404)
    assert student.get(final).json()["state"] == "finished"  # it has bytes of its own


def test_expiration(student):
    reply = student.post(UPLOADS, headers={**TUS, "Upload-Length": "3"})
    for each in (reply, patch(student, reply.headers["Location"], 0, b"a"),
                 student.request("HEAD", reply.headers["Location"], headers=TUS)):
        end = email.utils.parsedate_to_datetime(each.headers["Upload-Expires"]).timestamp()
        assert 86_000 < end - time.time() < 86_500


def test_others_know_nothing_of_it(new_student, teacher):
    owner, other = new_student(), new_student()
    path = create(owner, 11)
    for stranger in (other, teacher):
        check(stranger.request("HEAD", path, headers=TUS), 404)
        check(patch(stranger, path, 0, HELLO), 404)
        check(stranger.request("DELETE", path, headers=TUS), 404)
        check(stranger.get(path), 404)
        check(stranger.post(UPLOADS, headers={**TUS, "Upload-Concat": f"final;{path}"}), 404)
    assert offset_of(owner, path) == 0


@pytest.mark.parametrize("path, status", [(f"{UPLOADS}/{LATER}", 404), (f"{UPLOADS}/x", 404),
                                          (f"{UPLOADS}/x/y", 404)])
def test_nothing_there(student, path, status):
    for method in ("HEAD", "PATCH", "DELETE", "GET"):
        reply = student.request(method, path, headers={**BYTES, "Upload-Offset": "0"})
        check(reply, status, Tus_Resumable="1.0.0")
    check(student.request("PUT", UPLOADS), 405)


def half_a_patch(server, person, path, offset, data, claimed, *headers):
    """A connection that has sent a part of a body, and stays open."""
    raw = Raw(server)
    raw.send_head(f"PATCH {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {person.token}",
                  "Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream",
                  f"Upload-Offset: {offset}", f"Content-Length: {claimed}", *headers)
    raw.send(data)
    return raw


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return result


def test_broken_patch_keeps_its_bytes(server, student):
    path = create(student, 1_000_000)
    data = bytes(range(250)) * 4000
    half_a_patch(server, student, path, 0, data[:300_000], 1_000_000).__exit__()
    assert until(lambda: offset_of(student, path)) == 300_000
    half_a_patch(server, student, path, 300_000, data[300_000:300_001], 700_000).__exit__()
    until(lambda: offset_of(student, path) == 300_001)
    check(patch(student, path, 300_001, data[300_001:]), 204, Upload_Offset="1000000")
    assert student.get(path).json()["sha256"] == hashlib.sha256(data).hexdigest()


def test_broken_patch_with_a_checksum_keeps_nothing(server, student):
    # Checksum: what does not match is discarded, and half a body cannot match
    path = create(student, 11)
    half_a_patch(server, student, path, 0, b"hello ", 11,
                 "Upload-Checksum: " + digest(HELLO)).__exit__()
    until(lambda: patch(student, path, 0, b"").status_code == 204)
    assert offset_of(student, path) == 0
    check(patch(student, path, 0, HELLO), 204)
    assert student.get(path).json()["sha256"].startswith("b94d27b9934d3e08")


def test_one_of_two_patches_wins(server, student):
    path = create(student, 11)
    with half_a_patch(server, student, path, 0, b"hello ", 11) as first:
        # it is at it when its file is there
        until(lambda: any(id_in(path) == each.name for each in server.files()))
        reply = patch(student, path, 0, b"")
        check(reply, 423)
        assert reply.headers["Retry-After"] and reply.json()["error"]["code"] == "locked"
        check(patch(student, path, 0, HELLO), 423)
        check(student.request("DELETE", path, headers=TUS), 423)
        check(student.request("HEAD", path, headers=TUS), 200)  # who asks is never locked out
        first.send(b"world")
        assert first.reply().status_code == 204
    # the lock dies with the connection, too
    path = create(student, 11)
    half_a_patch(server, student, path, 0, b"hello ", 11).__exit__()
    until(lambda: offset_of(student, path) == 6)
    check(patch(student, path, 6, b"world"), 204)
    assert student.get(path).json()["sha256"].startswith("b94d27b9934d3e08")


def test_chunked(student):
    path = create(student, 11)
    check(patch(student, path, 0, iter([b"hel", b"lo ", b"world"])), 204, Upload_Offset="11")
    path = create(student, 11)
    check(patch(student, path, 0, iter([b"hello ", b"world!"])), 413)
