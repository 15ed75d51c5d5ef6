"""Signed-in browsers."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import inspect

from contact_center import clock
from contact_center.agents import sign_ins
from contact_center.extensions import db
from tests import factories


def test_it_comes_with_the_roles_of_its_owner(app: Flask) -> None:
    lee = factories.lee()
    uniquifier = lee.fs_uniquifier
    key = sign_ins.begin(lee, network=None, browser="")
    db.session.commit()
    db.session.expunge_all()
    holder = sign_ins.holder(uniquifier, key)
    assert holder is not None
    assert "roles" not in inspect(holder).unloaded
    assert (holder.is_supervisor, holder.is_administrator) == (True, False)
    roles = list(holder.roles)
    holder.roles = []
    assert sign_ins.holder(uniquifier, key) is holder
    assert holder.roles == []  # whoever has none is still somebody
    holder.roles = roles
    assert sign_ins.holder(uniquifier, key) is holder
    assert holder.roles == roles


def test_the_key_opens_only_its_owners_account(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    key = sign_ins.begin(ada, network="192.0.2.1", browser="Firefox on Linux")
    assert sign_ins.holder(ada.fs_uniquifier, key) is ada
    assert sign_ins.holder(nils.fs_uniquifier, key) is None
    assert sign_ins.holder(ada.fs_uniquifier, "guessed") is None
    assert sign_ins.holder(ada.fs_uniquifier, "") is None


def test_one_browser_is_signed_out_and_the_other_stays(app: Flask) -> None:
    ada = factories.ada()
    here, there = (sign_ins.begin(ada, network=None, browser=name) for name in ("here", "there"))
    sign_ins.end(here)
    assert sign_ins.holder(ada.fs_uniquifier, here) is None
    assert sign_ins.holder(ada.fs_uniquifier, there) is ada
    assert [row.browser for row in sign_ins.live(ada)] == ["there"]


def test_all_but_this_one_are_signed_out(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    keys = [sign_ins.begin(ada, network=None, browser="") for _ in range(3)]
    other = sign_ins.begin(nils, network=None, browser="")
    assert sign_ins.end_all(ada, but=keys[0]) == 2
    assert sign_ins.holder(ada.fs_uniquifier, keys[0]) is ada
    assert sign_ins.holder(ada.fs_uniquifier, keys[1]) is None
    assert sign_ins.holder(nils.fs_uniquifier, other) is nils


def test_it_ends_with_the_shift_unless_it_is_kept(app: Flask) -> None:
    ada = factories.ada()
    shift = sign_ins.begin(ada, network=None, browser="")
    kept = sign_ins.begin(ada, network=None, browser="", keep=True)
    with clock.standing_at(clock.now() + timedelta(hours=15)):
        assert sign_ins.holder(ada.fs_uniquifier, shift) is None
        assert sign_ins.holder(ada.fs_uniquifier, kept) is ada
    with clock.standing_at(clock.now() + timedelta(days=15)):
        assert sign_ins.holder(ada.fs_uniquifier, kept) is None
