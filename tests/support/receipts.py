"""Receipts as somebody would check them who has only read docs/receipts.md."""
import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support.server import run

HEADER = "Handin-Receipt"


def canonical(value):
    """RFC 8785, as far as receipts need it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def root_by_path(leaf, index, size, path):
    """RFC 9162 2.1.3.2."""
    node, last = leaf, size - 1
    for sibling in map(bytes.fromhex, path):
        assert last > 0
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index // 2, last // 2
    assert last == 0
    return node


def check(receipt):
    """AssertionError unless the statement is in the batch and the batch is signed."""
    batch, statement = receipt["batch"], receipt["statement"]
    leaf = hashlib.sha256(b"\0" + bytes.fromhex(receipt["salt"]) + canonical(statement)).digest()
    root = root_by_path(leaf, receipt["index"], batch["size"], receipt["path"])
    assert root.hex() == batch["root"]
    assert batch["committed_at"] == statement["committed_at"]
    assert unbase64(batch["key_id"]) == hashlib.sha256(canonical(receipt["key"])).digest()
    key = Ed25519PublicKey.from_public_bytes(unbase64(receipt["key"]["x"]))
    try:
        key.verify(unbase64(receipt["signature"]), canonical(batch))
    except InvalidSignature as error:
        raise AssertionError("the signature is wrong") from error


def verify(*arguments, stdin=None):
    """handin verify; what it printed, or fails."""
    done = run("verify", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refusal(*arguments, stdin=None):
    """handin verify must refuse; the one reason that it gives."""
    done = run("verify", *arguments, stdin=stdin)
    assert done.returncode not in (0, -6, -11) and done.stdout == ""
    [line] = done.stderr.splitlines()
    return line
