"""`./dev bench [NAME…] [--json] [--peers]`: run the benches on servers of their own and print one table.

A bench is a file in bench/ whose name does not begin with "_". It is started with the application's environment (TCP,
a migrated and otherwise empty database), BENCH_DSN for a second, empty database on the same server, and the options.
Each line it prints that is a JSON object with "name", "value" and "unit" is a row; it may also have "floor", "ratio",
"peer" and "peer_ratio". Anything else it prints is shown as it comes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contact_center.embedded import ROOT, CannotStart, seed, surroundings
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers

BENCHES = ROOT / "bench"
COLUMNS = ("name", "value", "unit", "floor", "ratio", "peer", "peer_ratio")
NUMBER_WIDTH = 12


def bench(args: list[str], env: Mapping[str, str]) -> int:
    """Run the named benches, or all; 1 when one failed."""
    options = [word for word in args if word.startswith("-")]
    chosen = _choose([word for word in args if not word.startswith("-")])
    folder = DataFolder(surroundings.data_dir(env) / "bench")
    shutil.rmtree(folder.path, ignore_errors=True)
    servers = Servers(folder.make(), ["postgres", "valkey", "tcp"]).join()
    try:
        surrounding = _surrounding(folder, servers, env)
        seed.migrate(surrounding)
        return _run_all(chosen, options, surrounding)
    finally:
        servers.leave()
        shutil.rmtree(folder.path, ignore_errors=True)


def _choose(names: list[str]) -> list[Path]:
    there = {path.stem: path for path in sorted(BENCHES.glob("[!_]*.py"))}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise CannotStart(f"There is no bench {', '.join(unknown)}; there are {', '.join(there) or 'none'}.")
    return [there[name] for name in names or there]


def _surrounding(folder: DataFolder, servers: Servers, env: Mapping[str, str]) -> dict[str, str]:
    import psycopg

    ours = servers.urls["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(ours, autocommit=True) as connection:
        connection.execute("CREATE DATABASE floor")
    floor = ours.rpartition("/")[0] + "/floor"
    return {
        **env,
        **servers.urls,
        "SECRET_KEY": folder.secret(),
        "DATA_DIR": str(folder.path),
        "BENCH_DSN": floor,
        "BENCH_PEERS": str(folder.path.parent / "peers"),  # kept: what is installed there needs the network
        "PYTHONPATH": str(ROOT),
    }


def _run_all(benches: list[Path], options: list[str], env: Mapping[str, str]) -> int:
    as_json, failed = "--json" in options, False
    rows = []
    for path in benches:
        process = subprocess.Popen(
            [sys.executable, str(path), *options], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        for row in _rows(process):
            rows.append(row)
            print(_told(row, as_json=as_json), flush=True)
        failed = failed or process.wait() != 0
    if not rows and not failed:
        print("dev: no bench printed a figure", file=sys.stderr)
    return int(failed)


def _rows(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if isinstance(row, dict) and {"name", "value", "unit"} <= row.keys():
            yield row
        else:
            print(line, end="", file=sys.stderr, flush=True)


def _told(row: Mapping[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps({column: row.get(column) for column in COLUMNS if column in row}, ensure_ascii=False)
    text = f"{row['name']:<48}{row['value']:>{NUMBER_WIDTH},.2f} {row['unit']:<8}"
    for column in COLUMNS[3:]:
        if row.get(column) is not None:
            text += f"  {column} {row[column]:,.2f}"
    return text
