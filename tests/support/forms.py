"""Bodies of multipart/form-data, written by hand or by requests."""
import json

from support.checks import data_of


def form(*parts, boundary="b", end=True):
    """A body written by hand: each part its header lines and its content."""
    body = b""
    for lines, content in parts:
        body += b"--" + boundary.encode() + b"\r\n"
        body += "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + content + b"\r\n"
    return body + (b"--" + boundary.encode() + b"--\r\n" if end else b"")


def send(person, body, content_type="multipart/form-data; boundary=b", **options):
    return person.submit(data=body, headers={"Content-Type": content_type}, **options)


def a_file(name="f", filename="a.txt", content=b"a", *lines):
    return [f'Content-Disposition: form-data; name="{name}"; filename="{filename}"', *lines], content


def json_part(value, name="json"):
    return [f'Content-Disposition: form-data; name="{name}"',
            "Content-Type: application/json"], json.dumps(value).encode()


def submit(person, files, **options):
    return person.submit(files=files, data={}, **options)


def attachments_of(reply, warnings=()):
    return data_of(reply, warnings)["attempts"][-1]["attachments"]


def summary(person, reply, warnings=()):
    """(title, bytes) of each attachment, in order; of a link its URL, of a text its words."""
    def content(item):
        if item["type"] == "file":
            return person.get(item["url"]).content
        return item.get("url") or item.get("text")
    return [(item["title"], content(item)) for item in attachments_of(reply, warnings)]
