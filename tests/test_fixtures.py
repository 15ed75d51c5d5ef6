"""The tests' own ground: what one test writes, the next does not see."""

from __future__ import annotations

import pytest
from flask import Flask
from kombu import Connection
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from contact_center.config import Config
from contact_center.extensions import db

COUNT = text("SELECT count(*) FROM pg_tables WHERE tablename = 'scribble'")


@pytest.mark.parametrize("turn", [1, 2])
def test_it_takes_back_what_a_test_commits(session: scoped_session[Session], turn: int) -> None:
    assert session.scalar(COUNT) == 0
    session.execute(text("CREATE TABLE scribble (word text)"))
    session.commit()
    session.rollback()
    assert session.scalar(COUNT) == 1


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.committing
def test_it_copies_the_database_afresh_after_a_committing_test(app: Flask, config: Config, turn: int) -> None:
    assert db.session.scalar(COUNT) == 0
    db.session.execute(text("CREATE TABLE scribble (word text)"))
    db.session.commit()
    with db.engine.connect() as another:
        assert another.scalar(COUNT) == 1


def test_it_gives_the_worker_a_queue_and_a_cache_of_its_own(config: Config) -> None:
    with Connection(config.broker_url) as broker, broker.SimpleQueue("scribble") as queue:
        queue.put({"word": "one"})
        assert queue.get(timeout=5).payload == {"word": "one"}
        number = broker.default_channel.client.connection_pool.connection_kwargs["db"]
    assert Redis.from_url(config.redis_url).connection_pool.connection_kwargs["db"] == number
    assert Redis.from_url(config.redis_url).ping()
