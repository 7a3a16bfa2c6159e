"""A frozen SVG as a picture for Word and slides: drawn by Typst, which needs no browser and brings its own fonts."""

import tempfile
from pathlib import Path

import typst

FONTS = Path(__file__).with_name("fonts")
PIXELS_PER_INCH = 220.0


def png(svg: str, lang: str) -> bytes:
    """Return an SVG as PNG, transparent around it, sharp at the width of a page."""
    font = '("Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC")'
    source = (
        f'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#set text(lang: "{lang}", font: {font})\n'
        '#image("map.svg", width: 160mm)\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "map.svg").write_text(svg, "utf-8")
        (Path(folder) / "main.typ").write_text(source, "utf-8")
        made = typst.compile(
            str(Path(folder) / "main.typ"), format="png", ppi=PIXELS_PER_INCH, font_paths=[str(FONTS)]
        )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101 - one page, one picture
    return made
