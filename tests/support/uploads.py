"""What tests say to /api/handin/v1/uploads."""
import base64
import hashlib

UPLOADS = "/api/handin/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def digest(data, algorithm="sha1"):
    return f"{algorithm} {b64(hashlib.new(algorithm, data).digest())}"


def create(person, length, **headers):
    """The path of a new upload."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = person.post(UPLOADS, headers={**TUS, "Upload-Length": str(length), **headers})
    assert reply.status_code == 201, reply.text
    return reply.headers["Location"]


def patch(person, path, offset, data, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.request("PATCH", path, data=data,
                          headers={**BYTES, "Upload-Offset": str(offset), **headers})


def offset_of(person, path):
    reply = person.request("HEAD", path, headers=TUS)
    assert reply.status_code == 200
    return int(reply.headers["Upload-Offset"])


def send(person, data, **headers):
    """A complete upload; its path."""
    path = create(person, len(data), **headers)
    reply = patch(person, path, 0, data)
    assert reply.status_code == 204, reply.text
    return path


def id_in(path):
    return path.rsplit("/", 1)[1]


def uploaded(path, **more):
    """An attachment made of an upload."""
    return {"type": "file", "upload_id": id_in(path), **more}


def handed_in(person, reply):
    """The bytes of every attachment of the only attempt."""
    [attempt] = reply["attempts"]
    return [person.get(each["url"]).content for each in attempt["attachments"]]
