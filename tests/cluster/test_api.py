"""What the API promises, on PostgreSQL: the tests of tests/api that do not look into files of SQLite."""
import os
import subprocess
import sys
from pathlib import Path

API = Path(__file__).parents[1] / "api"
FILES = ["test_attachments.py", "test_auth.py", "test_demo_school.py",
         "test_downloads.py", "test_events.py", "test_idempotency.py", "test_ids.py",
         "test_lifecycle.py", "test_multipart.py", "test_paging.py", "test_reading.py",
         "test_receipts.py", "test_submissions_list.py", "test_submit.py", "test_submit_policies.py",
         "test_submit_refusals.py", "test_token_endpoint.py", "test_uploads.py"]

# These two read or write the data folder as it is with SQLite.
NOT_HERE = ["test_receipts.py::test_a_damaged_key_stops_the_start", "test_receipts.py::test_receipts_off"]


def test_api_on_postgres(capsys):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           *(f"--deselect=api/{name}" for name in NOT_HERE),
                           *(str(API / name) for name in FILES)],
                          cwd=API.parent, capture_output=True, text=True, timeout=900, check=False,
                          env={**os.environ, "HANDIN_TEST_STORE": "postgres"})
    with capsys.disabled():
        print("\ntests/api on PostgreSQL: " + done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
