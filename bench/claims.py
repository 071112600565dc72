"""The claims: what is measured against what. README.md says how to read the lines."""
import hashlib
import json
import sqlite3
from statistics import median

from harness import FixedReply, WebDav, wrk

FILE_BYTES = 6144
# Decoded bytes whose text as a list of numbers is about 30 MB (3.57 characters each).
LARGE_FILE_BYTES = 8_400_000
SMALL_SCHOOL = 30
OPEN_LOOP_CLIENTS = 256  # connections that wait for arrivals

SUBMIT_RATIO = 0.5
RECEIPT_RATIO = 0.95
PARSE_MB_PER_S = 300
BODY_MEMORY_MIB = 4  # "constant": well below the 8 MiB that are in the body, not to speak of its text
TAIL_MS = 20
GET_RATIO = 0.5
IDLE_MIB = 40
SURGE_PER_SECOND = 20_000 / 60
SURGE_TAIL_MS = 250
UPLOAD_RATIO = 0.8
UPLOAD_MIB = 96


def durable_submits(bench, plan, depths):
    """(a) Returns the median rate at the greatest depth."""
    with bench.server(SMALL_SCHOOL) as server:
        server.submit(requests=1, file_bytes=FILE_BYTES)
    event_bytes = sqlite3.connect(server.database).execute("SELECT length(event) FROM outbox").fetchone()[0]

    runs = {depth: [] for depth in depths}
    for _ in range(plan.rounds):
        for depth in depths:
            with bench.server(plan.students) as server:
                handin = server.submit(clients=depth, seconds=plan.submit_seconds, file_bytes=FILE_BYTES)
            bare = bench.bare_loop(depth=depth, seconds=plan.submit_seconds, file_bytes=FILE_BYTES,
                                   event_bytes=event_bytes)
            runs[depth].append((handin, bare))
    check_rows(bench, server.database, bare["file"], handin["requests"])
    for depth in depths:
        ours, theirs = zip(*runs[depth])
        rates = {"handin": column(ours, "per_second"), "bare": column(theirs, "per_second")}
        bench.emit("a", clients=depth, file_bytes=FILE_BYTES, handin=round(median(rates["handin"])),
                   bare=round(median(rates["bare"])), ratio=ratio(rates["handin"], rates["bare"]),
                   p50_ms=median(column(ours, "p50_ms")), p99_ms=median(column(ours, "p99_ms")), rounds=rates,
                   cpu_us={"handin": median(column(ours, "cpu_us")), "bare": median(column(theirs, "cpu_us"))},
                   at_least=("ratio", SUBMIT_RATIO) if depth == max(depths) else None)
    return median(column((handin for handin, _ in runs[max(depths)]), "per_second"))


def column(results, name):
    return [result[name] for result in results]


def ratio(ours, theirs):
    """The median of the rounds' own ratios."""
    return round(median(a / b for a, b in zip(ours, theirs)), 2)


def rounded(figures):
    """To one digit, in a dictionary of numbers or lists of them."""
    return {name: [round(one, 1) for one in value] if isinstance(value, list) else round(value, 1)
            for name, value in figures.items()}


def check_rows(bench, handin, bare, acknowledged):
    """The reference is worth nothing unless it writes what the server writes."""
    sizes = {}
    for table in ("submission", "attempt", "attachment", "row_bytes", "outbox"):
        sizes[table] = [row_size(file, table) for file in (handin, bare)]
        count = sqlite3.connect(handin).execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if count < acknowledged:
            raise RuntimeError(f"{acknowledged} submits acknowledged, but {count} rows in {table}")
    alike = all(abs(a - b) <= 0.03 * b for a, b in sizes.values())
    bench.emit("a", what="bytes a row: handin, bare", **sizes, alike=alike)
    if not alike:
        bench.missed.append("a(rows)")
        bench.say("bare_loop.cpp does not write the rows that the server writes: the ratios mean little")


def row_size(file, table):
    db = sqlite3.connect(file)
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    total = " + ".join(f"coalesce(length(CAST({column} AS BLOB)), 0)" for column in columns)
    return round(db.execute(f"SELECT avg({total}) FROM {table}").fetchone()[0])


def receipts(bench, plan):
    """(r)"""
    ways = {"on": [], "off": []}
    for _ in range(plan.rounds):
        for way, results in ways.items():
            with bench.server(plan.students, "--receipts", way) as server:
                results.append(server.submit(clients=64, seconds=plan.submit_seconds, file_bytes=FILE_BYTES))
    rates = {way: column(results, "per_second") for way, results in ways.items()}
    bench.emit("r", clients=64, file_bytes=FILE_BYTES, ratio=ratio(rates["on"], rates["off"]), rounds=rates,
               cpu_us={way: median(column(results, "cpu_us")) for way, results in ways.items()},
               at_least=("ratio", RECEIPT_RATIO))


def json_bytes(bench, plan):
    """(b)"""
    figures = {}
    for line in bench.program("json_bytes", 30, plan.parse_repeats):
        figures.setdefault(line["form"], {})[line["way"]] = line["mb_per_s_median"]
    for form, ways in figures.items():
        bench.emit("b", what=f"parse, {form}", mb_per_s=ways["handin"],
                   **{name: rate for name, rate in ways.items() if name != "handin"},
                   at_least=("mb_per_s", PARSE_MB_PER_S))

    for line in bench.program("multipart_bytes", 64, plan.parse_repeats):
        bench.emit("b", what=f"multipart, {line['content']}", mb_per_s=line["handin"],
                   memcpy=line["memcpy"])

    with bench.server(SMALL_SCHOOL) as server:
        server.submit(requests=1, file_bytes=FILE_BYTES)  # what the first request allocates, once
        before = server.memory_mib("VmRSS")
        server.forget_peak()
        result = server.submit(requests=1, first_student=1, file_bytes=LARGE_FILE_BYTES)
        peak = server.memory_mib("VmHWM")
    bench.emit("b", what="memory of a 30 MB body", file_bytes=LARGE_FILE_BYTES, before_mib=round(before, 1),
               peak_mib=round(peak, 1), grew_mib=round(peak - before, 1), took_ms=result["max_ms"],
               at_most=("grew_mib", BODY_MEMORY_MIB))


def tail_at_half_peak(bench, plan, peak):
    """(c)"""
    rounds = []
    for _ in range(plan.rounds):
        with bench.server(plan.students) as server:
            rounds.append(server.submit(clients=OPEN_LOOP_CLIENTS, rate=round(peak / 2), file_bytes=FILE_BYTES,
                                        seconds=plan.open_seconds))
    p50, p99, p999 = (median(column(rounds, name)) for name in ("p50_ms", "p99_ms", "p999_ms"))
    bench.emit("c", arrivals_per_second=round(peak / 2), answered_per_second=median(column(rounds, "per_second")),
               p50_ms=p50, p99_ms=p99, p999_ms=p999, rounds=column(rounds, "p99_ms"),
               at_most=("p99_ms", TAIL_MS))


def get_against_nginx(bench, plan):
    """(d)"""
    with bench.server(SMALL_SCHOOL) as server:
        server.submit(requests=1, file_bytes=FILE_BYTES)
        edlink = server.demo()["edlink"]
        token = edlink["students"][0]["access_token"]
        path = f"/api/v2/my/classes/{edlink['class_id']}/assignments/{edlink['assignment_id']}/submissions"
        path += "/" + json.loads(server.get(path, token)[1])["$data"][0]["id"]
        content_type, body = server.get(path, token)
        ours, theirs = [], []
        with FixedReply(bench, content_type, body) as nginx:
            for _ in range(plan.rounds):
                ours.append(wrk(server, path, token, plan.get_seconds))
                theirs.append(wrk(nginx, path, token, plan.get_seconds))
    (handin, handin_cpu), (reference, reference_cpu) = zip(*ours), zip(*theirs)
    bench.emit("d", clients=64, body_bytes=len(body), handin=round(median(handin)), nginx=round(median(reference)),
               ratio=ratio(handin, reference), rounds={"handin": handin, "nginx": reference},
               cpu_us={"handin": round(median(handin_cpu), 1), "nginx": round(median(reference_cpu), 1)},
               at_least=("ratio", GET_RATIO))


def start_and_idle(bench, plan):
    """(e)"""
    starts, idle = [], []
    data = bench.school(SMALL_SCHOOL)
    for _ in range(plan.rounds):
        with bench.server_on(data, SMALL_SCHOOL) as server:
            starts.append(server.seconds_to_ready * 1000)
            idle.append(server.settled_mib())
    bench.emit("e", what="start", first_ms=round(bench.seeds[SMALL_SCHOOL][1] * 1000, 1),
               again_ms=round(median(starts), 1), students=SMALL_SCHOOL)
    bench.emit("e", what="idle memory", rss_mib=round(median(idle), 1), at_most=("rss_mib", IDLE_MIB))


def tls(bench, plan):
    """(f)"""
    runs = {"tls": [], "plain": []}
    for _ in range(plan.rounds):
        for name, certificate in (("tls", bench.certificate()), ("plain", None)):
            with bench.server(plan.students, tls=certificate) as server:
                runs[name].append(server.submit(clients=64, seconds=plan.submit_seconds, file_bytes=FILE_BYTES))
    rates = {name: column(results, "per_second") for name, results in runs.items()}
    bench.emit("f", clients=64, file_bytes=FILE_BYTES, tls=round(median(rates["tls"])),
               plain=round(median(rates["plain"])), ratio=ratio(rates["tls"], rates["plain"]),
               p99_ms=median(column(runs["tls"], "p99_ms")), rounds=rates,
               cpu_us={name: median(column(results, "cpu_us")) for name, results in runs.items()})


def surge(bench, plan):
    """(g)"""
    with bench.server(plan.surge) as server:
        result = server.submit(clients=OPEN_LOOP_CLIENTS, rate=SURGE_PER_SECOND, requests=plan.surge,
                               file_bytes=FILE_BYTES)
        handed_in, late = read_submissions(server)
        announced = read_events(server)
    lost = max(result["ok"] - handed_in, result["ok"] - announced)
    bench.emit("g", students=plan.surge, seconds=result["seconds"], acknowledged=result["ok"],
               p50_ms=result["p50_ms"], p999_ms=result["p999_ms"], max_ms=result["max_ms"],
               p99_ms=result["p99_ms"], cpu_us=result["cpu_us"], at_most=("p99_ms", SURGE_TAIL_MS))
    bench.emit("g", what="afterwards", handed_in=handed_in, announced=announced, lost=lost, at_most=("lost", 0))
    bench.emit("g", what="flags", late=late, at_most=("late", 0))


def large_files(bench, plan):
    """(h)"""
    uploads = {"clients": plan.uploads, "requests": plan.uploads, "file_bytes": plan.upload_bytes}
    runs, peaks = {"handin": [], "nginx": []}, []
    for _ in range(plan.rounds):
        with bench.server(plan.uploads) as server:
            runs["handin"].append(server.upload(**uploads))
            peaks.append(server.memory_mib("VmHWM"))
            check_uploads(server, plan)
        bench.delete(server.data)
        with WebDav(bench) as nginx:
            runs["nginx"].append(nginx.upload(**uploads))
            check_sizes(nginx.files.iterdir(), plan)
        bench.delete(nginx.folder)
    rates = {name: column(results, "mb_per_s") for name, results in runs.items()}
    mib = plan.uploads * plan.upload_bytes / 2**20
    cpu = {name: median(column(results, "cpu_us")) * plan.uploads / mib for name, results in runs.items()}
    driver = median(column(runs["handin"], "driver_cpu_seconds"))
    bench.emit("h", what=f"{plan.uploads} uploads at once", file_bytes=plan.upload_bytes,
               handin_mb_per_s=round(median(rates["handin"])), nginx_mb_per_s=round(median(rates["nginx"])),
               ratio=ratio(rates["handin"], rates["nginx"]), rounds=rounded(rates),
               sync_seconds=rounded({"nginx": column(runs["nginx"], "sync_seconds")}),
               cpu_us_per_mib=rounded(cpu | {"driver": 1e6 * driver / mib}), at_least=("ratio", UPLOAD_RATIO))
    bench.emit("h", what="memory", peak_mib=round(max(peaks), 1), at_most=("peak_mib", UPLOAD_MIB))


def check_uploads(server, plan):
    """All there, in full, and with the hash of what is there."""
    files = list((server.data / "files").glob("??/*"))
    check_sizes(files, plan)
    with open(files[0], "rb") as file:
        expected = hashlib.file_digest(file, "sha256").digest()
    hashes = sqlite3.connect(server.database).execute("SELECT sha256 FROM upload").fetchall()
    if hashes != [(expected,)] * plan.uploads:
        raise RuntimeError("the hashes of the uploads are not those of the files")


def check_sizes(files, plan):
    sizes = [file.stat().st_size for file in files]
    if sizes != [plan.upload_bytes] * plan.uploads:
        raise RuntimeError(f"files of these sizes were left behind: {sizes}")


def read_submissions(server):
    """How many students have handed in just once, and how many of these are shown as late."""
    edlink = server.demo()["edlink"]
    path = f"/api/v2/my/classes/{edlink['class_id']}/assignments/{edlink['assignment_id']}/submissions?$first=100"
    handed_in = late = 0
    while path:
        page = json.loads(server.get(path, edlink["teacher"]["access_token"])[1])
        once = [item for item in page["$data"] if len(item["attempts"]) == 1]
        handed_in += len(once)
        late += sum("late" in item["flags"] for item in once)
        path = page.get("$next", "").removeprefix(f"http://127.0.0.1:{server.port}")
    return handed_in, late


def read_events(server):
    """How many submissions were announced just once."""
    token, after, seen = server.demo()["admin_token"], 0, {}
    while True:
        page = json.loads(server.get(f"/api/handin/v1/events?after={after}&limit=1000", token)[1])
        for event in page["events"]:
            if event["payload"]["metadata"]["event_name"] == "submission_created":
                submission = event["payload"]["body"]["submission_id"]
                seen[submission] = seen.get(submission, 0) + 1
        if page["next"] == after:
            return sum(count == 1 for count in seen.values())
        after = page["next"]
