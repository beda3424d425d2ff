#!/usr/bin/env python3
"""relconf over many repositories on Spark: the engine places, retries and stores; relconf computes, and nothing is computed twice.

    fleet_job.py                                              the demo fleet, built in ./fleet-demo, on this machine
    fleet_job.py --list list.tsv --out OUT --as-of TIME       your own: lines of a name, a tab and a path that every executor sees
    fleet_job.py … --master spark://HOST:7077                 on a cluster

Every repository ends in exactly one row of `export_run`: ok, no_releases, unreadable, failed, timeout or crashed; none can fail the job.
What relconf said is stored before anything is derived from it, so a later failure costs no second run; --resume runs what has
not come to its end.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

RAW = "repo_id string, bucket int, status string, error string, attempts int, seconds double, host string, begun double, document binary"
# What a column of the tables is in Spark.
KINDS = {"VARCHAR": "STRING", "DOUBLE PRECISION": "DOUBLE"}


def one(repo_id, path, entries, conf):
    """Runs relconf on one repository: a child in a process group of its own, with a limit of time and one of memory."""
    command = [conf["relconf"], "--quiet", "export", "--repo", path, "--repo-id", repo_id, "--as-of", conf["as_of"], "--output", "-"]
    if entries is not None:
        command += ["--incidents", "-"]
    if conf["last"]:
        command += ["--last", conf["last"]]
    limit = conf["memory"] << 20
    attempts = 0
    while True:
        attempts += 1
        with tempfile.TemporaryFile() as log, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            log.write((entries or "").encode())
            log.seek(0)
            try:
                child = subprocess.Popen(
                    command, stdin=log, stdout=out, stderr=err, start_new_session=True,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
                )
            except OSError as error:
                return "failed", f"{conf['relconf']}: {error.strerror}", attempts, None
            try:
                code = child.wait(conf["timeout"])
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                return "timeout", f"no answer within {conf['timeout']:g} s", attempts, None
            out.seek(0)
            err.seek(0)
            said = err.read(4000).decode(errors="replace").strip().splitlines()
            if code == 0:
                return "ok", None, attempts, out.read()
            if code > 0:  # relconf says why: trying again gives the same answer
                return "failed", said[0].removeprefix("error: ") if said else f"exit code {code}", attempts, None
            if attempts >= conf["tries"]:  # ended by a signal: no memory, a bug, an operator
                return "crashed", f"signal {-code}", attempts, None


def listed(file):
    """Names and paths of a list, as `relconf fleet` reads it: a line is a path, or a name, a path and a team with tabs between."""
    found = {}
    for number, line in enumerate(Path(file).read_text(encoding="utf-8-sig").splitlines(), 1):
        parts = [part.strip() for part in line.split("\t")]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(parts) == 1:
            # Called by the last part of its path.
            name = parts[0].rstrip("/").removesuffix("/.git").rsplit("/", 1)[-1]
            parts.insert(0, name.removesuffix(".git") or name)
        if len(parts) > 3 or not parts[0] or not parts[1]:
            sys.exit(f"{file}:{number}: write a name, a path and, where you like, a team, with tabs between")
        if parts[0] in found:
            sys.exit(f"{file}:{number}: the name {parts[0]} is given twice")
        found[parts[0]] = parts[1]
    if not found:
        sys.exit(f"{file} lists no repository")
    return found


def routed(file, names):
    """The organisation's log by repository: an entry goes to those that it names, and never to all. `relconf fleet` also knows services
    and commits."""
    log = json.loads(Path(file).read_text())
    own = {name: [] for name in names}
    for entry in log["incident"]:
        named = entry.pop("repository", [])
        entry.pop("service", None)
        for name in [named] if isinstance(named, str) else named:
            if name in own:
                own[name].append(entry)
    return {name: json.dumps({**log, "incident": entries}) for name, entries in own.items()}


def schema(relconf):
    """The columns of every table, as Spark names their kinds."""
    tables = json.loads(subprocess.check_output([relconf, "generate", "schema", "export"]))["$defs"]
    column = lambda name, about: f"{name} {KINDS.get(about['x-sql'], about['x-sql'])}"
    return {name: ", ".join(column(*item) for item in table["properties"].items()) for name, table in tables.items()}


def demo(args):
    folder = Path("fleet-demo")
    if not folder.exists():
        subprocess.run([args.relconf, "--quiet", "demo", "fleet", "--into", str(folder)], check=True)
    args.list, args.incidents = folder / "list.tsv", folder / "incidents.json"
    args.out = args.out or folder / "warehouse"
    args.as_of = args.as_of or "2026-06-30T12:00:00Z"


def main():
    args = parse()
    if args.list is None:
        demo(args)
    if not (args.out and args.as_of):
        sys.exit("--list needs --out and --as-of")
    if args.master.startswith("local"):
        # The workers are this Python, and none that may lie on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession, Window, functions as F
    import pyarrow

    columns = schema(args.relconf)
    beside = Path(args.list).resolve().parent
    repositories = {name: str(beside / path) for name, path in listed(args.list).items()}
    entries = routed(args.incidents, repositories) if args.incidents else {}

    session = SparkSession.builder.appName("relconf-fleet").master(args.master).config("spark.ui.enabled", "false")
    session = session.config("spark.sql.session.timeZone", "UTC").config("spark.ui.showConsoleProgress", "false")
    session = session.config("spark.sql.sources.partitionOverwriteMode", "dynamic").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.shuffle.partitions", str(max(2, session.sparkContext.defaultParallelism)))
    conf = dict(relconf=args.relconf, as_of=args.as_of, last=args.last, timeout=args.timeout, memory=args.memory, tries=args.tries)
    arrow = pyarrow.schema([
        ("repo_id", pyarrow.string()), ("bucket", pyarrow.int32()), ("status", pyarrow.string()), ("error", pyarrow.string()),
        ("attempts", pyarrow.int32()), ("seconds", pyarrow.float64()), ("host", pyarrow.string()), ("begun", pyarrow.float64()), ("document", pyarrow.binary()),
    ])

    def run(batches):
        for batch in batches:
            for row in batch.to_pylist():
                begun, clock = time.time(), time.monotonic()
                status, error, attempts, document = one(row["repo_id"], row["path"], row["entries"], conf)
                row = dict(repo_id=row["repo_id"], bucket=row["bucket"], status=status, error=error, attempts=attempts,
                           seconds=time.monotonic() - clock, host=os.uname().nodename, begun=begun, document=document)
                yield pyarrow.RecordBatch.from_pylist([row], schema=arrow)

    day, raw = args.as_of[:10], f"{args.out}/.raw"
    wanted = [(name, path, entries.get(name), zlib.crc32(name.encode()) % args.buckets) for name, path in sorted(repositories.items())]
    kept = []
    if args.resume and Path(f"{raw}/day={day}").exists():
        done = session.read.schema(RAW + ", day string").parquet(raw).where((F.col("day") == day) & (F.col("status") == "ok")).drop("day")
        kept = [row["repo_id"] for row in done.select("repo_id").collect()]
        wanted = [row for row in wanted if row[0] not in set(kept)]
    begun = time.monotonic()
    if wanted:
        todo = session.createDataFrame(wanted, "repo_id string, path string, entries string, bucket int")
        slices = args.slices or min(len(wanted), 8 * session.sparkContext.defaultParallelism)
        ran = todo.repartition(slices, "repo_id").mapInArrow(run, RAW)
        # Stored first, a file a slice; what an earlier run finished stays beside it.
        ran = ran.withColumn("day", F.lit(day))
        (ran.write.mode("append") if kept else ran.write.mode("overwrite")).partitionBy("day").parquet(raw)
    # Of several rows of one repository, which a resumed run leaves, the one that came to its end, else the last.
    text = session.read.schema(RAW + ", day string").parquet(raw).where(F.col("day") == day)
    first = Window.partitionBy("repo_id").orderBy((F.col("status") == "ok").desc(), F.col("begun").desc(), "status", "error")
    text = text.withColumn("nth", F.row_number().over(first)).where("nth = 1").drop("nth", "begun").cache()
    rows = text.where("status = 'ok'").select("repo_id", "bucket", "seconds", F.explode(F.split(F.col("document").cast("string"), "\n")).alias("line"))
    rows = rows.where("line <> ''").withColumn("table", F.get_json_object("line", "$.table")).cache()
    for name, kinds in columns.items():
        own = rows.where(F.col("table") == name).select("bucket", "seconds", F.from_json("line", kinds).alias("row")).select("bucket", F.col("seconds").alias("took"), "row.*")
        if name == "export_run":
            own = own.withColumn("seconds", F.col("took"))
            # Who came to no end has a row all the same.
            lost = text.where("status <> 'ok'").select("bucket", "repo_id", "status", "error", "seconds")
            lost = lost.withColumn("stood_at", F.to_timestamp(F.lit(args.as_of)))
            own = own.drop("took").unionByName(lost, allowMissingColumns=True)
        own = own.drop("took").withColumn("bucket", F.format_string("%02d", "bucket")).cache()
        # The day is written anew as a whole: what a bucket held before and holds no more is gone with it.
        today = f"{args.out}/{name}/as_of={day}"
        if own.isEmpty():
            # A table without a row has its columns all the same.
            own.drop("bucket").coalesce(1).write.parquet(f"{today}/bucket=00", mode="overwrite")
        else:
            own.repartition("bucket").write.options(partitionOverwriteMode="static").parquet(today, mode="overwrite", partitionBy="bucket")
    runs = session.read.parquet(f"{args.out}/export_run").where(F.col("as_of") == day)
    runs.createOrReplaceTempView("run")
    session.read.parquet(f"{args.out}/release_event").where(F.col("as_of") == day).createOrReplaceTempView("event")
    for row in session.sql("SELECT repo_id, status, error FROM run WHERE status <> 'ok' ORDER BY repo_id").collect():
        print(f"{row.status:<12}{row.repo_id:<20}{row.error or ''}")
    counts = dict(session.sql("SELECT status, COUNT(*) FROM run GROUP BY status").collect())
    # What logs tell and what git shows are never one number, nor are rates under other rules.
    strata = session.sql("""SELECT e.basis, r.config_hash, COUNT_IF(e.failed) AS failed, COUNT(*) AS judged FROM event e JOIN run r USING (repo_id)
                            WHERE e.judged AND r.status = 'ok' GROUP BY e.basis, r.config_hash ORDER BY e.basis, r.config_hash""")
    strata = [row.asDict() for row in strata.collect()]
    print(json.dumps(dict(repositories=len(repositories), rows=sum(counts.values()), status=counts, resumed=len(kept), strata=strata, wall_s=round(time.monotonic() - begun, 1), out=str(args.out))))
    session.stop()
    sys.exit(0 if sum(counts.values()) == len(repositories) else 1)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", help="name, tab, path; without it the demo fleet is built")
    parser.add_argument("--incidents", help="the organisation's log, whose entries name their repository")
    parser.add_argument("--out", help="where the tables go: a folder that every executor sees")
    parser.add_argument("--as-of", help="RFC 3339")
    parser.add_argument("--last", default="365d", help="one window for all")
    parser.add_argument("--relconf", default="relconf", help="on every executor")
    parser.add_argument("--master", default="local[*]", help="the cluster's address")
    parser.add_argument("--timeout", type=float, default=120, help="seconds a repository")
    parser.add_argument("--memory", type=int, default=4096, help="MiB a repository")
    parser.add_argument("--tries", type=int, default=2, help="runs of what a signal ends")
    parser.add_argument("--buckets", type=int, default=16)
    parser.add_argument("--slices", type=int, help="tasks")
    parser.add_argument("--resume", action="store_true", help="run only what has not come to its end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
