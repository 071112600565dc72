"""(s): uploads through handin into a bucket, next to those of boto3 into the same one."""
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.s3server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3Server  # noqa: E402

FILE_BYTES = 64 << 20
AT_ONCE = 4
PART_BYTES = 8 << 20

# Debian's Python has boto3. Arguments: endpoint, bucket, region, files.
BOTO3 = f"""
import sys, boto3, concurrent.futures
from boto3.s3.transfer import TransferConfig
endpoint, bucket, region, *files = sys.argv[1:]
config = TransferConfig(multipart_threshold={PART_BYTES}, multipart_chunksize={PART_BYTES}, max_concurrency=4)
session = boto3.session.Session()
client = session.client("s3", endpoint_url=endpoint, region_name=region)  # sessions are for one thread
def send(indexed):
    client.upload_file(indexed[1], bucket, f"boto3/{{indexed[0]}}", Config=config)
with concurrent.futures.ThreadPoolExecutor({AT_ONCE}) as pool:
    list(pool.map(send, enumerate(files)))
"""


def uploads(bench, plan):
    file = bench.new_file("upload")
    data = os.urandom(FILE_BYTES)
    file.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    os.environ |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    rates = {"handin": [], "boto3": []}
    cpu = []
    with S3Server(bench.folder / "swift", workers=2) as s3:
        blobs = f"s3://{BUCKET}/handin?endpoint={s3.endpoint}&region={REGION}"
        with bench.server(30, "--blobs", blobs) as server:
            through_handin(server, [file] * AT_ONCE, digest)  # what is made at the first use
            for _ in range(plan.rounds):
                before = server.cpu_seconds()
                rates["handin"].append(rate(plan, lambda: through_handin(server, [file] * plan.s3_files, digest)))
                cpu.append((server.cpu_seconds() - before) / plan.s3_files)
                rates["boto3"].append(rate(plan, lambda: with_boto3(s3.endpoint, [file] * plan.s3_files)))
            memory = server.memory_mib("VmHWM")
    bench.emit("s", file_bytes=FILE_BYTES, at_once=AT_ONCE, handin=round(median(rates["handin"]), 1),
               boto3=round(median(rates["boto3"]), 1),
               ratio=round(median(a / b for a, b in zip(rates["handin"], rates["boto3"])), 2), unit="MB/s",
               rounds=rates, cpu_ms_a_file=round(1000 * median(cpu)), peak_mib=round(memory, 1))


def rate(plan, work):
    begun = time.monotonic()
    work()
    return plan.s3_files * FILE_BYTES / 1e6 / (time.monotonic() - begun)


def through_handin(server, files, digest):
    students = server.demo()["edlink"]["students"]
    waiting, running = list(enumerate(files)), []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            index, file = waiting.pop()
            running.append(subprocess.Popen(
                ["curl", "-sS", "--fail-with-body", "-X", "POST", "-T", file, "-H", "Expect:",
                 "-H", f"Authorization: Bearer {students[index]['access_token']}",
                 "-H", "Content-Type: application/octet-stream",
                 f"http://127.0.0.1:{server.port}/api/handin/v1/uploads?filename=x"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        out, err = running.pop(0).communicate()
        if not out or json.loads(out).get("sha256") != digest:
            raise RuntimeError(f"handin did not take a file: {out}{err}")


def with_boto3(endpoint, files):
    subprocess.run(["/usr/bin/python3", "-c", BOTO3, endpoint, BUCKET, REGION, *map(str, files)], check=True)
