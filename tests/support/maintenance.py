"""`handin check`, `backup` and `restore` as an operator runs them."""
import json

from support.server import run


def check(data, *options, code=0):
    """Its lines, the last of which is the summary."""
    done = run("check", "--data", data, "--json", *options)
    assert done.returncode == code, (done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def problems(data, *options):
    """Of a folder that is damaged."""
    *found, summary = check(data, *options, code=1)
    found = [line for line in found if "problem" in line]
    assert not summary["sound"] and summary["problems"] == len(found) > 0
    return found


def backup(server, target, *options, code=0):
    done = run("backup", target, "--data", server.data, "--json", *options)
    assert done.returncode == code, (done.stdout, done.stderr)
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else done.stderr


def restore(source, data, code=0):
    done = run("restore", source, "--data", data, "--json")
    assert done.returncode == code, (done.stdout, done.stderr)
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else done.stderr


def stored_files(data):
    return {path for path in (data / "files").glob("??/*") if path.is_file()}
