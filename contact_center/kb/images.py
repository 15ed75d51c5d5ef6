"""Pictures of articles: kept with the other files, under short addresses that say nothing. The desk and imports add."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import names, pictures, store
from contact_center.files.models import File
from contact_center.kb.models import Article, Image

MOST_BYTES = 5_000_000
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 12


def add(article: Article, data: bytes, name: str = "") -> Image:
    """Keep a picture of *article*; the same one twice is one. Raises Invalid."""
    kind = pictures.kind(data[:16])
    if kind is None:
        sentence = _("This is no picture: PNG, JPEG, GIF and WebP can be shown.")
        raise Invalid(sentence, {"image": sentence})
    if len(data) > MOST_BYTES:
        sentence = _("This picture is too large: %(size)d MB at most.", size=MOST_BYTES // 1_000_000)
        raise Invalid(sentence, {"image": sentence})
    file_id = store.put(data)
    asked = select(Image).where(Image.article_id == article.id, Image.file_id == file_id)
    row = db.session.scalar(asked)
    if row is None:
        key = "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
        row = Image(
            key=key, article_id=article.id, file_id=file_id, content_type=kind, name=names.safe(name, "image"),
            added_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
    return row


def of(article: Article) -> list[Image]:
    """All pictures of an article, the newest first."""
    return list(db.session.scalars(select(Image).where(Image.article_id == article.id).order_by(Image.id.desc())))


def file_of(image: Image) -> File:
    """The blob of a picture."""
    return db.session.get_one(File, image.file_id)
