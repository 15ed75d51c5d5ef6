"""What `./dev` runs: a PostgreSQL and a Valkey of our own, the process supervisor, and the front-end assets.

The application never imports this package; a site with its own servers does not need it. Everything it has to say to
a person is one sentence in a `CannotStart`.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]


class CannotStart(Exception):
    """Something a person has to put right first; the text is one sentence that says what."""
