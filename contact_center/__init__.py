"""The contact centre: one queue for every channel, the whole customer on screen."""

from __future__ import annotations

from flask import Flask

from contact_center.config import Config

__version__ = "0.1.0"


def create_app(config: Config | None = None) -> Flask:
    """Build the application; without *config* the environment is read. Raises ConfigError naming all that is missing."""
    from contact_center import pages, wiring  # here: reading the version must not import the world
    from contact_center.settings import flask_settings

    app = Flask(__name__)
    app.config.from_mapping(flask_settings(config or Config.from_env()))
    wiring.connect(app)
    pages.dress(app)
    return app
