"""From static/ to what is served: names, addresses inside style sheets, and what stays."""

import json
from pathlib import Path

import brotli
import pytest

from tools.publishing import publish


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(
        tmp_path / "static",
        {
            "css/1-tokens.css": "@layer tokens {\n  /* paper */\n  a { color: red; }\n}\n",
            "css/2-base.css": "@layer base { @font-face { src: url('../vendor/one.woff2'); } }",
            "vendor/one.woff2": "a font",
            "js/app.js": "alert();",
        },
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "build" / "static"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def published(target: Path) -> dict[str, str]:
    names: dict[str, str] = json.loads(target.with_suffix(".json").read_text("utf-8"))
    return names


def test_layers_are_joined_in_order_and_name_hashed_files(source: Path, target: Path) -> None:
    publish(source, target)

    names = published(target)
    assert sorted(names) == ["css/app.css", "js/app.js", "vendor/one.woff2"]
    assert (target / names["css/app.css"]).read_text("utf-8") == (
        "@layer tokens, theme, base, layout, components, utilities, print;\n"
        "@layer tokens{a{color: red}}"
        f"@layer base{{@font-face{{src: url(/static/{names['vendor/one.woff2']})}}}}"
    )


def test_text_has_compressed_twins_and_fonts_have_none(source: Path, target: Path) -> None:
    publish(source, target)

    names = published(target)
    script, font = target / names["js/app.js"], target / names["vendor/one.woff2"]
    assert brotli.decompress(Path(f"{script}.br").read_bytes()) == b"alert();"
    assert Path(f"{script}.gz").is_file()
    assert not Path(f"{font}.br").exists()


def test_the_same_files_have_the_same_names(source: Path, target: Path, tmp_path: Path) -> None:
    publish(source, target)
    publish(source, tmp_path / "elsewhere")

    assert published(target) == published(tmp_path / "elsewhere")


def test_a_changed_file_leaves_the_one_before_it_for_who_still_serves_it(
    source: Path, target: Path
) -> None:
    scripts = []
    for text in ("first", "second", "third"):
        write(source, {"js/app.js": text})
        publish(source, target)
        publish(source, target)  # again, with nothing changed
        scripts.append(target / published(target)["js/app.js"])

    assert [script.exists() for script in scripts] == [False, True, True]


def test_a_style_sheet_that_names_a_missing_file_is_refused(source: Path, target: Path) -> None:
    (source / "vendor" / "one.woff2").unlink()

    with pytest.raises(SystemExit, match=r"names \.\./vendor/one\.woff2, which is not there"):
        publish(source, target)
