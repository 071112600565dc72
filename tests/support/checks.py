"""What is true of every reply of the Edlink API (edlink.md 2.1, 7.3)."""
import re
import uuid

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # edlink.md 2.3, as the published sample


def is_uuid(value):
    return isinstance(value, str) and str(uuid.UUID(value)) == value


def envelope(reply):
    assert reply.headers["Content-Type"].split(";")[0] == "application/json", reply.text[:300]
    body = reply.json()
    assert is_uuid(body["$request"])
    if "$warnings" in body:  # edlink.md 7.3.5: only when there are any
        assert body["$warnings"]
        assert all(set(item) == {"code", "message"} for item in body["$warnings"])
    return body


def warnings_of(reply):
    return [item["code"] for item in envelope(reply).get("$warnings", [])]


def data_of(reply, warnings=()):
    """$data of a success that came with just these warnings."""
    body = envelope(reply)
    assert reply.status_code == 200, reply.text[:500]
    assert "$errors" not in body  # edlink.md 7.3.3: not even an empty one
    assert warnings_of(reply) == list(warnings), reply.text[:500]
    return body["$data"]


def refusal_of(reply, code, status=400):
    """The first error of a refusal, which must have this code and status."""
    body = envelope(reply)
    assert "$data" not in body
    assert body["$errors"] and all(set(item) == {"code", "message"} for item in body["$errors"])
    first = body["$errors"][0]
    assert (reply.status_code, first["code"]) == (status, code), reply.text[:500]
    assert isinstance(first["message"], str) and first["message"]
    return first


def shape(value):
    """The keys and kinds of a JSON value, without the values: lists by their distinct items."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        kinds = []
        for item in map(shape, value):
            if item not in kinds:
                kinds.append(item)
        return kinds
    return "number" if type(value) in (int, float) else type(value).__name__
