"""A data folder that the servers' account can enter, for servers started in earnest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from contact_center.embedded import account
from contact_center.embedded.folder import DataFolder
from tests.database import bring_binaries, open_place


@pytest.fixture(scope="session")
def _programs() -> Iterator[None]:
    runs_as = account.choose(Path("/nonexistent"))
    place = Path(tempfile.mkdtemp(prefix="cc-programs-", dir=open_place(runs_as)))
    place.chmod(0o711)
    bring_binaries(runs_as, place)
    yield
    shutil.rmtree(place)


@pytest.fixture
def folder(_programs: None) -> Iterator[DataFolder]:
    """A data folder of its own; whatever keeps servers there has ended before it goes."""
    path = Path(tempfile.mkdtemp(prefix="cc-data-", dir=open_place(account.choose(Path("/nonexistent")))))
    path.chmod(0o711)
    folder = DataFolder(path / "data").make()
    yield folder
    if folder.path.exists():
        with folder.alone():
            pass
    shutil.rmtree(path)


@pytest.fixture
def bare_environment(folder: DataFolder) -> dict[str, str]:
    """The environment of a person who has set nothing but where the data goes."""
    ours = {"DATABASE_URL", "BROKER_URL", "REDIS_URL", "SECRET_KEY"}
    return {**{name: value for name, value in os.environ.items() if name not in ours}, "DATA_DIR": str(folder.path)}
