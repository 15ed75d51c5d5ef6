"""Whatever is built is reachable: every blueprint is registered, every link of the menus leads somewhere."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask_security import hash_password

import contact_center
from contact_center.agents.models import Agent
from contact_center.config import Config
from contact_center.extensions import db
from tests import factories

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')


def test_every_page_that_is_built_is_registered(app: Flask) -> None:
    built = {
        value
        for module in pkgutil.walk_packages(contact_center.__path__, "contact_center.")
        if not module.name.endswith("__main__") and ".embedded" not in module.name
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Blueprint)
    }
    forgotten = built - set(app.blueprints.values())
    assert {blueprint.import_name for blueprint in forgotten} <= {"flask_security.views"}


@pytest.mark.parametrize("start", ["/admin", "/desk", "/floor/tiers"])
def test_every_link_of_the_menus_leads_somewhere(app: Flask, enter: Callable[[Agent], FlaskClient], start: str) -> None:
    browser = enter(factories.root())
    db.session.commit()
    links = set(LINK.findall(browser.get(start, follow_redirects=True).text))
    assert links
    assert {link: status for link in links if (status := browser.get(link, buffered=True).status_code) >= 400} == {}


def test_two_applications_keep_passwords_each_in_its_own_way(app: Flask, config: Config) -> None:
    other = contact_center.create_app(replace(config, testing=False))
    with other.app_context():
        assert hash_password("as for customers").startswith("$argon2id$")
    assert hash_password("as for tests") == "as for tests"
