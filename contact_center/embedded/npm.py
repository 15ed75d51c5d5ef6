"""Install `frontend/package-lock.json` without Node: download, check, unpack.

Called by assets.py. Runs no package's scripts, resolves nothing: what the lock says is what is installed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import platform
import shutil
import ssl
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from contact_center.embedded import CannotStart

PUBLIC_REGISTRY = "https://registry.npmjs.org"
DOWNLOADS_AT_ONCE = 6
TRIES = 3


@dataclass(frozen=True, slots=True)
class Package:
    """One entry of the lock that belongs on this machine."""

    folder: str  # as in the lock: node_modules/a, or node_modules/a/node_modules/b
    path: str  # below the registry's address
    integrity: str


def install(frontend: Path, env: Mapping[str, str]) -> bool:
    """Make `node_modules` hold what the lock says; False when it already did. Replaces the folder as a whole."""
    lock = (frontend / "package-lock.json").read_bytes()
    stamp = hashlib.sha256(lock + repr(machine()).encode()).hexdigest()
    target, fresh = frontend / "node_modules", frontend / "node_modules.new"
    if _read(target / ".installed") == stamp:
        return False
    shutil.rmtree(fresh, ignore_errors=True)
    fetch = partial(_fetch, registry(frontend, env), _certificates(env))
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        chosen = packages(json.loads(lock))
        for package, archive in zip(chosen, pool.map(fetch, chosen), strict=True):
            _unpack(archive, fresh / PurePosixPath(package.folder).relative_to("node_modules"))
    (fresh / ".installed").write_text(stamp)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def packages(lock: Mapping[str, object]) -> list[Package]:
    """The packages of *lock* meant for this operating system and processor, outermost first."""
    entries = lock.get("packages")
    if lock.get("lockfileVersion") not in (2, 3) or not isinstance(entries, dict):
        raise CannotStart("frontend/package-lock.json is not a version 3 lock: write it again with npm 7 or newer.")
    chosen = []
    for folder, entry in sorted(entries.items()):
        if folder and not entry.get("link") and not entry.get("inBundle") and _fits(entry):
            name = entry.get("name") or folder.rpartition("node_modules/")[2]
            plain = f"/{name}/-/{name.rpartition('/')[2]}-{entry['version']}.tgz"
            path = urlsplit(entry["resolved"]).path if "resolved" in entry else plain
            chosen.append(Package(folder, path, entry["integrity"]))
    return chosen


def registry(frontend: Path, env: Mapping[str, str]) -> str:
    """The registry's address from npm's own settings: environment, the project's .npmrc, the person's .npmrc."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if env.get(name):
            return env[name].rstrip("/")
    for folder in (frontend, Path(env.get("HOME", "/nonexistent"))):
        for line in _read(folder / ".npmrc").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "registry" and value.strip():
                return value.strip().strip("\"'").rstrip("/")
    return PUBLIC_REGISTRY


def machine() -> tuple[str, str]:
    """This machine in npm's words: ("linux", "x64")."""
    words = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "i686": "ia32", "i386": "ia32", "armv7l": "arm"}
    cpu = platform.machine().lower()
    return sys.platform, words.get(cpu, cpu)


def _fits(entry: Mapping[str, list[str]]) -> bool:
    system, cpu = machine()
    libc = "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    pairs = ((system, entry.get("os")), (cpu, entry.get("cpu")), (libc, entry.get("libc")))
    return all(_allowed(word, wanted) for word, wanted in pairs if wanted and (word != libc or system == "linux"))


def _allowed(word: str, wanted: list[str]) -> bool:
    if any(entry.startswith("!") for entry in wanted):
        return f"!{word}" not in wanted
    return word in wanted


def _fetch(address: str, certificates: ssl.SSLContext, package: Package) -> bytes:
    """Download one package; three tries, since a registry drops a connection now and then."""
    for attempt in range(1, TRIES + 1):
        try:
            # urllib also finds a proxy in the environment
            with urllib.request.urlopen(address + package.path, timeout=60, context=certificates) as answer:  # noqa: S310
                archive: bytes = answer.read()
            break
        except (OSError, TimeoutError) as error:
            refused = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if refused or attempt == TRIES:
                raise CannotStart(
                    f"The front-end packages cannot be installed: {address} did not give {package.path} ({error}); "
                    "npm_config_registry names another registry."
                ) from error
            time.sleep(attempt)
    if not _genuine(archive, package.integrity):
        raise CannotStart(f"{address}{package.path} is not the file that frontend/package-lock.json expects.")
    return archive


def _genuine(archive: bytes, integrity: str) -> bool:
    known = [part.partition("-")[2] for part in integrity.split() if part.startswith("sha512-")]
    return base64.b64encode(hashlib.sha512(archive).digest()).decode() in known


def _unpack(archive: bytes, folder: Path) -> None:
    """Write the regular files of a package; links, devices and ways out of *folder* are left out."""
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as tar:
        for member in tar:
            inside = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not member.isreg() or inside.is_absolute() or ".." in inside.parts:
                continue
            content = tar.extractfile(member)
            assert content is not None
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
            target.chmod(0o755 if member.mode & 0o100 else 0o644)


def _certificates(env: Mapping[str, str]) -> ssl.SSLContext:
    """The system's authorities (or SSL_CERT_FILE's) and those that npm was told of."""
    context = ssl.create_default_context()
    if env.get("NODE_EXTRA_CA_CERTS"):
        context.load_verify_locations(env["NODE_EXTRA_CA_CERTS"])
    return context


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
