"""The bundles and catalogues that `./dev` builds from this very checkout."""

from __future__ import annotations

import gettext
import json
import os
from pathlib import Path

import pytest

from contact_center.embedded import assets


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    assets.build(os.environ)
    return json.loads((assets.DIST / "manifest.json").read_text())


def test_it_builds_every_entry_of_the_plan_under_a_hashed_name(manifest: dict[str, str]) -> None:
    plan = json.loads((assets.FRONTEND / "build.json").read_text())
    assert set(manifest) == {*plan["entries"], *plan.get("copy", {})}
    for name, file in manifest.items():
        stem, _, ending = name.rpartition(".")
        assert file.startswith(f"{stem}-")
        assert file.endswith(f".{ending}")
        assert (assets.DIST / file).stat().st_size > 0


def test_it_has_nothing_to_do_the_second_time(manifest: dict[str, str]) -> None:
    assert assets.build(os.environ) == []


def test_it_compiles_a_catalogue_that_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "zh_Hans_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (folder / "messages.po").write_text(header + 'msgid "Ticket"\nmsgstr "工单"\n')
    monkeypatch.setattr(assets, "TRANSLATIONS", tmp_path)
    assert assets._compile_translations()
    assert not assets._compile_translations()
    with (folder / "messages.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Ticket") == "工单"
