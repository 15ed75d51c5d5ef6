"""Front-end packages, bundles with hashed names, and compiled translations: all a page needs beside its templates.

Called by every `./dev` command. `frontend/build.json` says what to build: "entries" maps the name that templates use
to a source (TypeScript or CSS, bundled; fonts and images they mention come along), "copy" maps a name to a file taken
as it is. `static/dist/manifest.json` maps each name to its file below `static/dist`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from contact_center.embedded import ROOT, CannotStart, npm

FRONTEND = ROOT / "frontend"
DIST = ROOT / "contact_center" / "static" / "dist"
PAGES = ROOT / "carrier" / "pages"  # the emulated carrier's own scripts, of which the desk uses two
TRANSLATIONS = ROOT / "contact_center" / "translations"
AS_FILES = ("woff2", "woff", "ttf", "png", "jpg", "webp", "mp3")


def build(env: Mapping[str, str]) -> list[str]:
    """Bring packages, bundles and catalogues up to date; answers what had to be done, in words."""
    done = []
    with _alone():
        if npm.install(FRONTEND, env):
            done.append("installed the front-end packages")
        if _bundle():
            done.append("bundled the front end")
        if _compile_translations():
            done.append("compiled the translations")
    return done


def type_check() -> list[str]:
    """The command that runs TypeScript's own check over the front end."""
    return [str(_native("typescript", "lib/tsc")), "--noEmit", "-p", str(FRONTEND)]


@contextmanager
def _alone() -> Iterator[None]:
    """One builder at a time in a checkout."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bundle() -> bool:
    """Bundle into DIST under hashed names, then switch the manifest; a running site keeps its files until then."""
    plan = json.loads((FRONTEND / "build.json").read_text())
    stamp, manifest = _fingerprint(), DIST / "manifest.json"
    if manifest.is_file() and (DIST / ".stamp").is_file() and (DIST / ".stamp").read_text() == stamp:
        return False
    names = _run_esbuild(plan["entries"]) | _copy(plan.get("copy", {}))
    fresh = DIST / "manifest.json.new"
    fresh.write_text(json.dumps(names, indent=1, sort_keys=True))
    fresh.replace(manifest)
    (DIST / ".stamp").write_text(stamp)
    return True


def _run_esbuild(entries: Mapping[str, str]) -> dict[str, str]:
    """Bundle *entries*; answers {entry name: file below DIST}."""
    DIST.mkdir(parents=True, exist_ok=True)
    meta = DIST / "meta.json"
    command = [
        str(_native("esbuild", "bin/esbuild")),
        *(f"{name.rpartition('.')[0]}=./{source}" for name, source in entries.items()),
        *("--bundle", "--minify", "--sourcemap", "--format=esm", "--splitting", "--target=es2022", "--charset=utf8"),
        *(f"--loader:.{kind}=file" for kind in AS_FILES),
        "--loader:.svg=dataurl",  # icons: hundreds of bytes each, wanted all at once
        *("--entry-names=[name]-[hash]", "--chunk-names=chunk-[hash]", "--asset-names=files/[name]-[hash]"),
        *(f"--outdir={DIST}", f"--metafile={meta}", "--log-level=warning"),
    ]
    if subprocess.run(command, cwd=FRONTEND, check=False).returncode:
        raise CannotStart("The front end could not be bundled: see the messages above.")
    outputs = json.loads(meta.read_text())["outputs"]
    _sweep({(FRONTEND / path).resolve() for path in outputs})
    made = {
        output["entryPoint"]: (FRONTEND / path).resolve().relative_to(DIST).as_posix()
        for path, output in outputs.items()
        if "entryPoint" in output
    }
    return {name: made[str(Path(source).as_posix())] for name, source in entries.items()}


def _sweep(kept: set[Path]) -> None:
    """Delete what builds of other days left; a running web process and open pages still ask for the last one's."""
    yesterday = time.time() - 24 * 3600
    for path in DIST.rglob("*"):
        is_ours = path not in kept and path.name != "manifest.json"
        if path.is_file() and is_ours and path.stat().st_mtime < yesterday:
            path.unlink()


def _copy(files: Mapping[str, str]) -> dict[str, str]:
    names = {}
    for name, source in files.items():
        content = (FRONTEND / source).read_bytes()
        stem, _, ending = name.rpartition(".")
        names[name] = f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}"
        (DIST / names[name]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FRONTEND / source, DIST / names[name])
    return names


def _fingerprint() -> str:
    """Changes whenever a source, the plan or an installed package does."""
    digest = hashlib.sha256()
    folders = (path for path in FRONTEND.iterdir() if path.is_dir() and not path.name.startswith("node_modules"))
    sources = (path for folder in (*folders, PAGES) for path in folder.rglob("*") if path.is_file())
    for path in sorted([*sources, FRONTEND / "build.json", FRONTEND / "package-lock.json"]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _native(package: str, binary: str) -> Path:
    """A package's native program for this machine."""
    system, cpu = npm.machine()
    folder = f"@{package}/{'typescript-' if package == 'typescript' else ''}{system}-{cpu}"
    program = FRONTEND / "node_modules" / folder / binary
    if not program.is_file():
        raise CannotStart(f"{package} has no program for {system}-{cpu}, so the front end cannot be built here.")
    return program


def _compile_translations() -> bool:
    """Compile each catalogue that is newer than its compiled form."""
    stale = [po for po in TRANSLATIONS.rglob("*.po") if not _is_newer(po.with_suffix(".mo"), po)]
    for po in stale:
        _compile(po)
    return bool(stale)


def _is_newer(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime >= source.stat().st_mtime


def _compile(po: Path) -> None:
    from babel.messages import mofile, pofile

    with po.open("rb") as source:
        catalogue = pofile.read_po(source, locale=po.parent.parent.name)
    fresh = po.with_suffix(".mo.new")
    with fresh.open("wb") as target:
        mofile.write_mo(target, catalogue)
    fresh.replace(po.with_suffix(".mo"))
