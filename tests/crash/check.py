"""What must be true of one student's work after a crash (DESIGN 10.1 to 10.5)."""
import hashlib
from collections import Counter
from contextlib import contextmanager

import requests

from support.receipts import check as check_receipt

REPEATED = "IDEMPOTENCY_KEY_REPEATED"


def same_content(sent, stated):
    if sent["title"] != stated["title"]:
        return False
    if sent["type"] == "link":
        return sent["url"] == stated["url"]
    content = bytes(sent["data"]) if sent["type"] == "file" else sent["text"].encode()
    return (len(content), hashlib.sha256(content).hexdigest()) == (stated["size"], stated["sha256"])


class Check:
    """Counts and describes what is wrong; nothing is asserted before the end."""

    def __init__(self):
        self.count = Counter()
        self.problems = []
        self.keys = set()  # that have signed receipts

    def wrong(self, kind, writer, detail):
        self.count[kind] += 1
        self.problems.append(f"{kind}: student {writer.index}: {detail}")

    @contextmanager
    def answering(self, writer):
        try:
            yield
        except requests.RequestException as error:
            self.wrong("no answer", writer, f"while checking: {error}")

    def after_crash(self, writer, events, since):
        """since: how many steps were acknowledged when the last check was made."""
        self.problems += writer.problems
        writer.problems.clear()
        before = writer.person.submission()
        there = self.attempts(writer, before, events)
        for attempt in range((since + 1) // 2 + 1, there + 1):
            self.content(writer, before["attempts"][attempt - 1], attempt)
        self.receipts(writer, since)
        self.state(writer, before)
        self.repeats(writer, since)
        after = writer.person.submission()
        if writer.answer(after) != writer.answer(before):
            self.wrong("doubled", writer, "repeats of acknowledged keys have changed something")

    def same_events(self, told, server):
        """Events that were seen stay as they were, in their places."""
        if told.changed(server):
            self.problems.append("event: some that were seen have changed")

    def attempts(self, writer, submission, events):
        """Each acknowledged one is there, at most the one without an answer more; each with its event."""
        there = len(submission["attempts"])
        pending = writer.asked and len(writer.answers) % 2 == 0
        if there < writer.submits:
            self.wrong("lost", writer, f"{there} of {writer.submits} attempts")
        if there > writer.submits + pending:
            self.wrong("doubled", writer, f"{there} attempts, {writer.submits} acknowledged")
        numbers = [event["body"]["attempt"] for event in events]
        if numbers != list(range(1, there + 1)):
            self.wrong("event", writer, f"events of attempts {numbers}, there are {there}")
        if any(event["body"]["late"] for event in events):
            self.wrong("late", writer, "an attempt is late, and nobody was")
        return there

    def content(self, writer, attempt, number):
        sent = writer.attachments(writer.key_of_attempt(number))
        got = attempt["attachments"]
        if [item["type"] for item in got] != [item["type"] for item in sent]:
            self.wrong("content", writer, f"attempt {number}: {got}")
            return
        for mine, theirs in zip(sent, got):
            if mine["title"] != theirs["title"]:
                same = False
            elif mine["type"] == "file":
                reply = writer.person.get(theirs["url"])
                same = reply.status_code == 200 and reply.content == bytes(mine["data"])
            else:
                field = "url" if mine["type"] == "link" else "text"
                same = mine[field] == theirs[field]
            if not same:
                self.wrong("content", writer, f"attempt {number}: {theirs}")

    def receipts(self, writer, since):
        """Each acknowledged submit has one, and it says what was handed in."""
        for step in range(since, len(writer.answers)):
            url = writer.receipts[step]
            if (url is not None) != (step % 2 == 0):
                self.wrong("bad receipt", writer, f"{writer.key(step)} was answered with {url}")
            if url is None:
                continue
            reply = writer.person.get(url)
            sent = writer.attachments(writer.key(step))
            try:
                receipt = reply.json()
                check_receipt(receipt)
                stated = receipt["statement"]
                assert stated["attempt"] == step // 2 + 1
                assert stated["submission_id"] == writer.answers[step].submission_id
                assert [item["kind"] for item in stated["attachments"]] == [
                    item["type"] for item in sent]
                for mine, theirs in zip(sent, stated["attachments"]):
                    assert same_content(mine, theirs)
                self.keys.add(receipt["batch"]["key_id"])
                self.count["receipts"] += 1
            except (AssertionError, KeyError, ValueError) as error:
                self.wrong("bad receipt", writer, f"{writer.key(step)}: {error!r}: {reply.text[:500]}")

    def state(self, writer, submission):
        steps = len(writer.answers)
        allowed = {self.state_after(steps)}
        if writer.asked:
            allowed.add(self.state_after(steps + 1))
        if submission["state"] not in allowed:
            self.wrong("state", writer, f"{submission['state']}, not {allowed}")

    @staticmethod
    def state_after(steps):
        return "created" if not steps else "submitted" if steps % 2 else "reclaimed"

    def repeats(self, writer, since):
        """Each acknowledged key gives the first answer again."""
        for step in range(since, len(writer.answers)):
            reply = writer.send(step).json()
            codes = [item["code"] for item in reply.get("$warnings", [])]
            if writer.answer(reply.get("$data")) != writer.answers[step] or codes != [REPEATED]:
                self.wrong("repeat", writer, f"{writer.key(step)} gives {reply}")

    def settle(self, writer):
        """Repeats the step without an answer: a repeat if it had taken effect, else the first."""
        if not writer.asked:
            return
        step = len(writer.answers)
        had_effect = writer.person.submission()["state"] == self.state_after(step + 1)
        answer = writer.send(step)
        reply = answer.json()
        repeated = REPEATED in [item["code"] for item in reply.get("$warnings", [])]
        if "$data" not in reply or repeated != had_effect:
            self.wrong("settle", writer, f"{writer.key(step)}, took effect: {had_effect}: {reply}")
            return
        self.count["unanswered that took effect" if had_effect else "unanswered that did not"] += 1
        writer.acknowledge(answer)
        writer.asked = False
