"""The lock installer, against a registry on loopback that serves packages made here."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contact_center.embedded import CannotStart, npm


def _package(files: dict[str, str], *, link: str | None = None) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755 if name.startswith("package/bin/") else 0o644
            tar.addfile(member, io.BytesIO(content.encode()))
        if link:
            member = tarfile.TarInfo("package/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)
    return made.getvalue()


PLAIN = _package({"package/index.js": "plain", "package/bin/run": "#!"})
NASTY = _package({"package/../../escaped.js": "x", "package/kept.js": "y"}, link="/etc/passwd")
SERVED = {"/plain/-/plain-1.0.0.tgz": PLAIN, "/@some/nasty/-/nasty-2.0.0.tgz": NASTY}


class _Registry(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        archive = SERVED.get(self.path)
        self.send_response(200 if archive else 404)
        self.end_headers()
        self.wfile.write(archive or b"")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Registry) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _entry(archive: bytes, version: str, **more: object) -> dict[str, object]:
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    return {"version": version, "integrity": integrity, **more}


def _lock(tmp_path: Path, packages: dict[str, dict[str, object]]) -> None:
    (tmp_path / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": {"": {}, **packages}}))


def test_it_installs_what_the_lock_says_and_then_has_nothing_to_do(tmp_path: Path, registry: str) -> None:
    _lock(
        tmp_path,
        {
            "node_modules/plain": _entry(PLAIN, "1.0.0", resolved="https://elsewhere.example/plain/-/plain-1.0.0.tgz"),
            "node_modules/plain/node_modules/@some/nasty": _entry(NASTY, "2.0.0"),
        },
    )
    env = {"npm_config_registry": registry}
    assert npm.install(tmp_path, env)
    plain = tmp_path / "node_modules" / "plain"
    assert (plain / "index.js").read_text() == "plain"
    assert (plain / "bin" / "run").stat().st_mode & 0o111
    assert not (plain / "index.js").stat().st_mode & 0o111
    nested = plain / "node_modules" / "@some" / "nasty"
    assert [path.name for path in nested.iterdir()] == ["kept.js"]
    assert not list(tmp_path.rglob("escaped.js"))
    assert not npm.install(tmp_path, env)


def test_it_leaves_out_packages_for_other_machines() -> None:
    system, cpu = npm.machine()
    fitting = {"os": [system], "cpu": [cpu]}
    packages = {
        "node_modules/fits": _entry(PLAIN, "1", **fitting),
        "node_modules/other-system": _entry(PLAIN, "1", os=["plan9"]),
        "node_modules/other-cpu": _entry(PLAIN, "1", cpu=["s390"]),
        "node_modules/not-here": _entry(PLAIN, "1", os=[f"!{system}"]),
        "node_modules/not-there": _entry(PLAIN, "1", os=["!plan9"]),
        "node_modules/linked": {"link": True},
    }
    chosen = npm.packages({"lockfileVersion": 3, "packages": packages})
    assert [package.folder for package in chosen] == ["node_modules/fits", "node_modules/not-there"]


def test_it_refuses_a_file_that_is_not_the_one_in_the_lock(tmp_path: Path, registry: str) -> None:
    _lock(tmp_path, {"node_modules/plain": _entry(NASTY, "1.0.0")})
    with pytest.raises(CannotStart, match="is not the file that"):
        npm.install(tmp_path, {"npm_config_registry": registry})
    assert not (tmp_path / "node_modules").exists()


def test_it_says_which_registry_did_not_give_what(tmp_path: Path, registry: str) -> None:
    _lock(tmp_path, {"node_modules/absent": _entry(PLAIN, "1.0.0")})
    with pytest.raises(CannotStart, match=rf"{registry} did not give /absent/-/absent-1.0.0.tgz .*404"):
        npm.install(tmp_path, {"npm_config_registry": registry})


def test_it_asks_npms_own_settings_for_the_registry(tmp_path: Path) -> None:
    home, frontend = tmp_path / "home", tmp_path / "frontend"
    home.mkdir()
    frontend.mkdir()
    env = {"HOME": str(home)}
    assert npm.registry(frontend, env) == npm.PUBLIC_REGISTRY
    (home / ".npmrc").write_text("fund=false\nregistry = https://home.example/npm/\n")
    assert npm.registry(frontend, env) == "https://home.example/npm"
    (frontend / ".npmrc").write_text('registry="https://project.example"\n')
    assert npm.registry(frontend, env) == "https://project.example"
    assert npm.registry(frontend, env | {"NPM_CONFIG_REGISTRY": "https://env.example/"}) == "https://env.example"
