"""What every test may ask for: an application on a real database, inside a transaction that is rolled back.

Plain functions need none of this and start no server. Tests with several connections or processes are marked
`committing`: they write for real, and their database is copied afresh afterwards.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserType, sync_playwright
from sqlalchemy.orm import Session, scoped_session

from contact_center import create_app, loading

with loading():
    import contact_center.wiring  # noqa: F401 (everything, while nobody looks for garbage)
    from contact_center.agents.models import Agent
    from contact_center.config import Config
    from contact_center.embedded import ROOT
    from contact_center.extensions import db
    from tests import browsers
    from tests.database import Settings, TestServers, WorkerDatabase

gc.disable()  # until everything is collected
COMPILED = ROOT / ".cache" / "templates"  # once for all processes and runs
SECRET = "a secret that only tests have, long enough"
PROGRAMS = {  # marker -> (what it needs, where it may be, how to get it)
    "browser": (  # the first has no windows: a page costs it a fifth of what it costs the others
        "Chromium",
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        "apt-get install chromium-headless-shell",
    ),
    "dovecot": ("Dovecot", ("dovecot", "/usr/sbin/dovecot"), "apt-get install dovecot-imapd"),
}
MICROPHONES = (
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
_started: list[TestServers] = []  # by this process: at most one


def _servers() -> TestServers:
    if not _started:
        _started.append(TestServers())
    return _started[0]


# How fast examples come says something about the machine, not about the product.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's controller starts the servers once and tells each worker where they answer."""
    node.workerinput["urls"] = _servers().urls


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a program that is not here, saying how to get it; in CI it has to be here."""
    for marker, (name, places, remedy) in PROGRAMS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if not marked or any(shutil.which(place) for place in places):
            continue
        if os.environ.get("CI"):
            raise pytest.UsageError(f"{len(marked)} tests need {name}: {remedy}")
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"{name} is missing: {remedy}"))
    items[:] = _spread(items)
    gc.freeze()  # what has been collected stays
    gc.set_threshold(50_000, 20, 20)  # what tests throw away is mostly not cyclic
    gc.enable()


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Parts that wait for programs (a browser, a server) evenly among those that compute, the longest first.

    Files beside this one look at everything there is: one that began late would keep all others waiting at the end.
    What needs no database takes a moment and comes last, so that the workers end together.
    """
    parts: dict[str, list[pytest.Item]] = {}
    for item in items:
        parts.setdefault(_part(item.nodeid), []).append(item)
    waiting, computing, short = [], [], []
    for part, tests in parts.items():
        if part.startswith("tests/embedded/") or any(map(_needs_program, tests)):
            waiting.append(tests)
        elif _is_beside_us(part) or any(map(_needs_database, tests)):
            computing.append(tests)
        else:
            short.append(tests)
    waiting.sort(key=len, reverse=True)
    computing.sort(key=lambda tests: not _is_beside_us(_part(tests[0].nodeid)))
    step = len(computing) // len(waiting) + 1 if waiting else 0
    for place, tests in enumerate(waiting):
        computing.insert(place * (step + 1), tests)
    return [test for tests in computing + short for test in tests]


def _is_beside_us(part: str) -> bool:
    return Path(part).parent.name == "tests" and part.endswith(".py")


def _needs_program(test: pytest.Item) -> bool:
    return any(test.get_closest_marker(marker) for marker in PROGRAMS)


def _needs_database(test: pytest.Item) -> bool:
    return isinstance(test, pytest.Function) and "database" in test.fixturenames


def _part(nodeid: str) -> str:
    """What one worker runs as a whole: a file; all of tests/e2e, which shares a browser and a loaded program."""
    return "tests/e2e" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out parts."""
    from xdist.scheduler import LoadFileScheduling

    class Parts(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _part(nodeid)

    return Parts(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> WorkerDatabase:
    """This worker's own database."""
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput is None:
        return WorkerDatabase(_servers().urls, "main")
    return WorkerDatabase(workerinput["urls"], workerinput["workerid"])


@pytest.fixture(scope="session")
def config(database: WorkerDatabase, tmp_path_factory: pytest.TempPathFactory) -> Config:
    data_dir = tmp_path_factory.mktemp("data")
    COMPILED.mkdir(parents=True, exist_ok=True)
    (data_dir / "cache").symlink_to(COMPILED)
    return Config(
        database_url=database.urls["DATABASE_URL"],
        broker_url=database.urls["BROKER_URL"],
        redis_url=database.urls["REDIS_URL"],
        secret_key=SECRET,
        data_dir=data_dir,
        testing=True,
    )


@pytest.fixture
def environment(config: Config) -> dict[str, str]:
    """The environment for a child process that works on the same database; for `committing` tests."""
    return {
        **os.environ,
        "DATABASE_URL": config.database_url,
        "BROKER_URL": config.broker_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "DATA_DIR": str(config.data_dir),
    }


@pytest.fixture(scope="session")
def application(config: Config) -> Flask:
    """The one application of this worker; tests ask for `app`, which also guards the database."""
    made = create_app(config)
    made.test_client_class = browsers.Browser
    with made.app_context():
        made.extensions["fresh settings"] = Settings()  # nobody has written yet
    return made


@pytest.fixture
def app(application: Flask, database: WorkerDatabase, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, its context pushed, in a transaction that ends with the test (unless `committing`)."""
    application.extensions["fresh settings"].restore()
    if request.node.get_closest_marker("committing"):
        with application.app_context():
            yield application
        database.renew()
        return
    with application.app_context():
        engines = db._app_engines[application]
        engine = engines[None]
        connection = database.engine.connect()
        outer = connection.begin()
        engines[None] = connection  # every session of the application now works inside `outer`
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield application
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine


@pytest.fixture
def session(app: Flask) -> scoped_session[Session]:
    """The application's own session."""
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, signed in as nobody."""
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """The same, with a good CSRF token on whatever it sends."""
    return browsers.visitor(app)


@pytest.fixture
def enter(app: Flask) -> Callable[[Agent], FlaskClient]:
    """Opens a browser in which an agent is signed in: `enter(ada()).get("/desk")`."""
    return lambda agent: browsers.signed_in(app, agent)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this worker; Playwright bears no second one beside it."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(chromium: BrowserType, *arguments: str) -> Browser:
    """A browser with fake microphones. With arguments that a page cannot choose a test needs one of its own."""
    program = next(found for name in PROGRAMS["browser"][1] if (found := shutil.which(name)))
    return chromium.launch(executable_path=program, args=["--no-sandbox", *MICROPHONES, *arguments])


@pytest.fixture
def files_dir(config: Config) -> Path:
    return config.files_dir
