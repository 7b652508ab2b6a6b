"""Fills a database of MLflow's own making with the data of seed.ts: FILE RUNS STEPS METRICS PARAMS START."""

import sqlite3
import subprocess
import sys

file = sys.argv[1]
runs, steps, metrics, params, start = map(int, sys.argv[2:])

subprocess.run([sys.executable, "-m", "mlflow", "db", "upgrade", f"sqlite:///{file}"], check=True)

db = sqlite3.connect(file)
db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")


def value_of(run: int, metric: int, step: int) -> float:
    return ((run * 7919 + metric * 104729 + step * 1299709) % 1000003) / 1000003


def insert(table: str, rows, **fixed) -> None:
    """Rows are dicts; columns that MLflow added since are left to their defaults."""
    known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    rows = iter(rows)
    first = {**fixed, **next(rows)}
    missing = set(first) - known
    if missing:
        raise SystemExit(f"{table} has no column {missing}")
    names = list(first)
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

    def tuples():
        yield tuple(first[name] for name in names)
        for row in rows:
            full = {**fixed, **row}
            yield tuple(full[name] for name in names)

    db.executemany(sql, tuples())


def run_id(run: int) -> str:
    return f"{run:032x}"


if db.execute("SELECT count(*) FROM experiments WHERE experiment_id = 0").fetchone()[0] == 0:
    insert(
        "experiments",
        [{"experiment_id": 0, "name": "Default", "artifact_location": "mlflow-artifacts:/0"}],
        lifecycle_stage="active",
        creation_time=start,
        last_update_time=start,
    )
insert(
    "runs",
    (
        {
            "run_uuid": run_id(run),
            "name": f"run-{run}",
            "start_time": start + run * 1000,
            "end_time": start + run * 1000 + steps * 37,
            "artifact_uri": f"mlflow-artifacts:/0/{run_id(run)}/artifacts",
        }
        for run in range(runs)
    ),
    experiment_id=0,
    user_id="bench",
    status="FINISHED",
    lifecycle_stage="active",
    source_type="UNKNOWN",
    source_name="",
    entry_point_name="",
    source_version="",
)
insert("tags", ({"run_uuid": run_id(run), "value": f"run-{run}"} for run in range(runs)), key="mlflow.runName")
insert(
    "params",
    (
        {"run_uuid": run_id(run), "key": f"param_{i}", "value": str((run * 31 + i * 17) % 1000)}
        for run in range(runs)
        for i in range(params)
    ),
)


def points(only_last: bool):
    for run in range(runs):
        for metric in range(metrics):
            for step in range(steps - 1 if only_last else 0, steps):
                yield {
                    "run_uuid": run_id(run),
                    "key": f"metric_{metric}",
                    "value": value_of(run, metric, step),
                    "timestamp": start + run * 1000 + step * 37,
                    "step": step,
                }


insert("metrics", points(only_last=False), is_nan=0)
insert("latest_metrics", points(only_last=True), is_nan=0)
# MLflow itself never does this; without it SQLite plans its searches badly, and the comparison would flatter Cairn.
db.execute("ANALYZE")
db.commit()
db.close()
