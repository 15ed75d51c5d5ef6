"""The contact centre: one queue for every channel, the whole customer on screen."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from contact_center.config import Config

__version__ = "0.1.0"


def create_app(config: Config | None = None) -> Flask:
    """Build the application, from the environment without *config*. Raises ConfigError naming all that is missing."""
    with loading():
        from flask import Flask  # here: whoever only asks for the version, or reads settings, must not import the world

        from contact_center import pages, wiring
        from contact_center.config import Config
        from contact_center.settings import flask_settings

        app = Flask(__name__)
        app.config.from_mapping(flask_settings(config or Config.from_env()))
        wiring.connect(app)
        pages.dress(app)
    return app


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without collecting garbage: there is none, and looking for it takes two fifths of the time.

    What has been loaded stays for the life of the process, so later collections need not walk it either.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
