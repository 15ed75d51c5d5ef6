"""Templates compiled once for all processes of an installation, kept in its data folder as Python keeps its modules.

`pages.dress` calls it. Nothing may depend on it: what cannot be read or written is compiled again.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Templates(FileSystemBytecodeCache):
    """The compiled templates in *folder*, for as long as *setup*, the source that sets Jinja up, is the same."""

    def __init__(self, folder: Path, setup: Path) -> None:
        super().__init__(str(folder), "%s.template")
        self._setup = "".join((version("jinja2"), version("flask"), setup.read_text("utf-8")))

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for the compiled template to be of use."""
        return super().get_source_checksum(self._setup + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 (half a file after a power cut may raise anything)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
