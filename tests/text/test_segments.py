"""Parts of texts: the same table for the sender's count and for the composer's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contact_center.embedded import ROOT
from contact_center.text import segments

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "segments.json").read_text())
SCRIPT = """
import { parts } from "./segments.ts";
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map((c) => {
  const p = parts(c.repeat.repeat(c.times));
  return { repeat: c.repeat, times: c.times, segments: p.segments, characters: p.characters, is_plain: p.isPlain,
           left: p.left };
})));
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['repeat']!r}x{case['times']}")
def test_parts_are_counted_as_they_are_paid(case: dict[str, Any]) -> None:
    counted = segments.of(case["repeat"] * case["times"])
    found = {"segments": counted.segments, "characters": counted.characters, "is_plain": counted.is_plain}
    assert found | {"left": counted.left} == {name: case[name] for name in (*found, "left")}


def test_nothing_is_cut_in_two() -> None:
    assert segments.of("a" * 152 + "€" + "a" * 10).segments == 2
    assert segments.of("a" * 152 + "€" + "a" * 151).segments == 2
    assert segments.of("a" * 152 + "€" + "a" * 152).segments == 3


@pytest.mark.skipif(shutil.which("node") is None, reason="node is missing")
def test_the_composer_counts_alike(tmp_path: Path) -> None:
    entry = tmp_path / "table.ts"
    entry.write_text(SCRIPT.replace("./segments.ts", str(ROOT / "frontend/src/segments.ts")))
    esbuild = next(ROOT.glob("frontend/node_modules/@esbuild/*/bin/esbuild"))
    bundle = [esbuild, entry, "--bundle", "--platform=node", "--format=cjs", f"--outfile={tmp_path / 'table.cjs'}"]
    subprocess.run([*bundle, "--log-level=error"], check=True)
    table = Path(__file__).parent / "segments.json"
    said = subprocess.run(["node", tmp_path / "table.cjs", table], check=True, capture_output=True, text=True).stdout
    assert json.loads(said) == CASES
