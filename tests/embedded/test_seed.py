"""The first start's data: all of it or none, and never in somebody else's database."""

from __future__ import annotations

import psycopg
import pytest

from contact_center.embedded import seed, surroundings
from contact_center.embedded.folder import DataFolder


def _ask(url: str, question: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(question).fetchone()[0]


def test_it_starts_over_after_an_interrupted_first_start(
    folder: DataFolder, bare_environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    servers, env = surroundings.join(folder, bare_environment)
    with psycopg.connect(env["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE half_a_demo ()")
    (folder.path / "files").mkdir()
    seed._start_over(folder, env["DATABASE_URL"])
    assert _ask(env["DATABASE_URL"], "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert not (folder.path / "files").exists()
    assert "starting over" in capfd.readouterr().err
    servers.leave()


def test_it_migrates_somebody_elses_database_and_leaves_it_otherwise_alone(
    folder: DataFolder, bare_environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    servers, env = surroundings.join(folder, bare_environment)
    assert not seed._is_current(env["DATABASE_URL"])
    seed.prepare(folder, env, outside=True)
    assert _ask(env["DATABASE_URL"], "SELECT count(*) FROM agent") == 0
    assert "no demo data" in capfd.readouterr().err
    servers.leave()


def test_it_loads_no_demo_into_an_installation_that_has_people(
    folder: DataFolder, bare_environment: dict[str, str]
) -> None:
    servers, env = surroundings.join(folder, bare_environment)
    seed.migrate(env)
    assert seed._is_current(env["DATABASE_URL"])
    with psycopg.connect(env["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("INSERT INTO agent (email, name, fs_uniquifier) VALUES ('a@example.com', 'Ada', 'a')")
    seed.prepare(folder, env, outside=False)
    assert _ask(env["DATABASE_URL"], "SELECT count(*) FROM agent") == 1
    assert (folder.path / "demo").read_text() == seed.DONE
    servers.leave()
