"""Make build/static out of static/, ready to be served.

    python -m tools.publishing

Every file is there under its name and hash, with its brotli and gzip twins; the style sheets of
static/css/ are joined into css/app.css. Beside it build/static.json, the manifest, leads from plain
name to hashed name; it is written last and whole. What the manifest before it named stays, so that
a portal that is running keeps its files.
"""

import gzip
import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parent.parent
LAYERS = "@layer tokens, theme, base, layout, components, utilities, print;\n"
LAYER = re.compile(r"css/\d-[^/]*\.css")
COMPRESSED = {".woff2", ".png", ".jpg", ".webp"}
TWINS = ("", ".br", ".gz")


def publish(source: Path, target: Path) -> None:
    """Fill ``target`` from ``source``. A style sheet that names a missing file ends it."""
    files = {
        str(file.relative_to(source)): file.read_bytes()
        for file in sorted(source.rglob("*"))
        if file.is_file()
    }
    layers = {name: files.pop(name) for name in list(files) if LAYER.fullmatch(name)}
    files["css/app.css"] = (LAYERS + joined(b"\n".join(layers.values()).decode())).encode()
    names: dict[str, str] = {}
    for name in sorted(files, key=lambda name: name.endswith(".css")):
        content = files[name]
        if name.endswith(".css"):
            content = _with_hashed_urls(name, content.decode(), names).encode()
        names[name] = _put(target, name, content)
    _replace_manifest(target, names)


def joined(css: str) -> str:
    """Without comments and the space that only people need."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"[ \t]*\n\s*", "\n", css)
    return re.sub(r"\s*([{};])\s*", r"\1", css).replace(";}", "}").strip()


def _with_hashed_urls(name: str, css: str, names: dict[str, str]) -> str:
    def hashed(found: re.Match[str]) -> str:
        target = os.path.normpath(Path(name).parent / found[1])
        if target not in names:
            sys.exit(f"{name} names {found[1]}, which is not there")
        return f"url(/static/{names[target]})"

    return re.sub(r"url\([\"']?([^\"':)]+)[\"']?\)", hashed, css)


def _put(target: Path, name: str, content: bytes) -> str:
    plain = Path(name)
    hashed = plain.with_stem(f"{plain.stem}.{sha256(content).hexdigest()[:12]}")
    file = target / hashed
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        if plain.suffix not in COMPRESSED:
            Path(f"{file}.br").write_bytes(brotli.compress(content, quality=11))
            Path(f"{file}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        file.write_bytes(content)
    return str(hashed)


def _replace_manifest(target: Path, names: dict[str, str]) -> None:
    manifest = target.with_suffix(".json")
    before = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    if before == names:
        manifest.touch()
        return
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(names, indent=1, sort_keys=True), "utf-8")
    draft.replace(manifest)
    kept = {f"{name}{twin}" for name in (*before.values(), *names.values()) for twin in TWINS}
    for file in target.rglob("*"):
        if file.is_file() and str(file.relative_to(target)) not in kept:
            file.unlink()


if __name__ == "__main__":
    publish(ROOT / "static", ROOT / "build" / "static")
