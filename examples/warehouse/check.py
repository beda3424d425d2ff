#!/usr/bin/env python3
"""Loads the Parquet of `relconf export` into an engine, makes the views of sql/ in it, and holds every reading that they give
against what the review said (metric_snapshot).

    check.py EXPORT duckdb postgres spark       the engines that are to be tried; exit 1 where a reading differs

duckdb    pip install duckdb
postgres  pip install pyarrow; psql on the path and a server that PGHOST, PGUSER, … lead to; all is made in temporary tables
spark     pip install pyspark, and a Java runtime
"""

import csv
import io
import subprocess
import sys
from pathlib import Path

SQL = sorted((Path(__file__).resolve().parent / "sql").glob("*.sql"))
VERDICT = "SELECT metric, readings, with_value, equal FROM verdict ORDER BY metric"
DIFFERENT = "SELECT repo_id, window_name, metric, said_k, k, said_n, n, said_value, value FROM checked WHERE NOT equal"


def statements():
    """The statements of sql/, in the order of the files: Spark takes one at a time."""
    for file in SQL:
        lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("--")]
        yield from (statement for statement in "\n".join(lines).split(";") if statement.strip())


def tables(export):
    return sorted(folder for folder in Path(export).iterdir() if folder.is_dir() and not folder.name.startswith("."))


def in_duckdb(export):
    """A connection with the tables and the views in it."""
    import duckdb

    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    for folder in tables(export):
        files = f"{folder}/*/*/*.parquet"
        db.execute(f"CREATE TABLE {folder.name} AS SELECT * FROM read_parquet('{files}', hive_partitioning = true)")
    db.execute("CREATE MACRO epoch_of(moment) AS EPOCH(moment)")
    for statement in statements():
        db.execute(statement)
    return db


def duckdb(export):
    db = in_duckdb(export)
    return db.execute(VERDICT).fetchall(), db.execute(DIFFERENT).fetchall()


# What a Parquet column is in PostgreSQL.
POSTGRES = {"string": "TEXT", "int64": "BIGINT", "double": "DOUBLE PRECISION", "bool": "BOOLEAN", "date32[day]": "DATE"}


def postgres(export):
    import pyarrow
    import pyarrow.dataset

    folders = pyarrow.schema([("as_of", pyarrow.date32()), ("bucket", pyarrow.string())])
    script = ["\\set ON_ERROR_STOP on", "SET TimeZone = 'UTC';"]
    for folder in tables(export):
        by_folder = pyarrow.dataset.partitioning(folders, flavor="hive")
        rows = pyarrow.dataset.dataset(str(folder), format="parquet", partitioning=by_folder).to_table()
        kinds = [(field.name, POSTGRES.get(str(field.type), "TIMESTAMPTZ")) for field in rows.schema]
        script.append(f"CREATE TEMPORARY TABLE {folder.name} ({', '.join(f'{name} {kind}' for name, kind in kinds)});")
        script.append(f"COPY {folder.name} FROM STDIN (FORMAT csv);")
        lines = io.StringIO()
        # What is null is nothing between the commas: no text of an export is empty.
        text = csv.writer(lines, lineterminator="\n")
        for row in zip(*(column.to_pylist() for column in rows.columns)):
            text.writerow(["" if cell is None else cell for cell in row])
        script.append(lines.getvalue() + "\\.")
    # Without it, joins of fresh tables are planned as if each had a few rows.
    script.append("ANALYZE;")
    script.append("CREATE FUNCTION pg_temp.epoch_of(moment TIMESTAMPTZ) RETURNS DOUBLE PRECISION LANGUAGE SQL")
    script.append("AS 'SELECT CAST(EXTRACT(EPOCH FROM moment) AS DOUBLE PRECISION)';")
    # PostgreSQL looks for functions in its temporary schema only where that is said.
    script += [f"{statement.replace('EPOCH_OF(', 'pg_temp.epoch_of(')};" for statement in statements()]
    script.append(f"COPY ({VERDICT}) TO STDOUT (FORMAT csv);\n\\echo --\nCOPY ({DIFFERENT}) TO STDOUT (FORMAT csv);")
    ran = subprocess.run(["psql", "-qX", "-f", "-"], input="\n".join(script), capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"postgres: {ran.stderr}")
    verdict, different = ran.stdout.split("--\n")
    verdict = [(metric, *map(int, counts)) for metric, *counts in csv.reader(io.StringIO(verdict))]
    return verdict, list(csv.reader(io.StringIO(different)))


def spark(export):
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("relconf-check").config("spark.ui.enabled", "false")
    session = session.config("spark.ui.showConsoleProgress", "false")
    session = session.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    for folder in tables(export):
        # Small enough to be held: each is read many times.
        session.read.parquet(str(folder)).coalesce(1).cache().createOrReplaceTempView(folder.name)
    session.sql("CREATE TEMPORARY FUNCTION epoch_of(moment TIMESTAMP) RETURNS DOUBLE RETURN unix_micros(moment) / 1e6")
    for statement in statements():
        session.sql(statement)
    session.sql("CACHE TABLE checked")
    answers = [list(map(tuple, session.sql(query).collect())) for query in (VERDICT, DIFFERENT)]
    session.stop()
    return answers


def main():
    if len(sys.argv) < 3 or any(name not in ENGINES for name in sys.argv[2:]):
        sys.exit(__doc__)
    export, wrong = sys.argv[1], False
    for name in sys.argv[2:]:
        verdict, different = ENGINES[name](export)
        print(f"{name:<10}{'readings':>22}{'with a value':>14}{'equal':>7}")
        for metric, readings, with_value, equal in verdict:
            print(f"  {metric:<22}{readings:>8}{with_value:>14}{equal:>7}")
        total = [sum(int(row[at]) for row in verdict) for at in (1, 2, 3)]
        print(f"  {'all':<22}{total[0]:>8}{total[1]:>14}{total[2]:>7}")
        for row in different:
            print(f"  DIFFERS: {row}")
        # Nothing to compare is no agreement.
        wrong |= bool(different) or total[0] != total[2] or total[1] == 0
    sys.exit(1 if wrong else 0)


ENGINES = {"duckdb": duckdb, "postgres": postgres, "spark": spark}

if __name__ == "__main__":
    main()
