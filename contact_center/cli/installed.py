"""What an installation has set up, for commands that do without one, too: None where there is none to ask."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from contact_center.config import Config, ConfigError

_PATIENCE = 2  # seconds for the database to answer


def bonus() -> Mapping[str, float] | None:
    """The bonus minutes of the tier policies."""
    try:
        url = Config.from_env().database_url.replace("+psycopg", "")
        with psycopg.connect(url, connect_timeout=_PATIENCE) as connection:
            rows = connection.execute("SELECT tier, bonus_minutes FROM tier_policy ORDER BY tier").fetchall()
    except (ConfigError, psycopg.Error):
        return None
    return {tier: float(minutes) for tier, minutes in rows}
