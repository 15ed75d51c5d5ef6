"""The help centre's pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.channels.web.help import answers, files, show, votes

ALL = (show.blueprint, votes.blueprint, answers.blueprint, files.blueprint)
