"""The places around the city and what they published: profile data, for a comparison that is not a ranking.

A profile folder may hold ``neighbours.csv`` (the places, in the order in which they are shown),
``neighbour_figures.csv`` (what each published, with date, source and definition note) and ``neighbours.geojson``
(the shapes of the places that are on the map, ``id`` = code). A city without them has no such view.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_access.profile import Label
from data_access.profile_files import ProfileError


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is compared: code and names; ``on_map`` is False for one that only stands in the table."""

    code: str
    label: Label
    on_map: bool


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """One published figure: ``metric`` is a key of the catalogue and ``value`` in its unit, ``printed`` the words.

    ``as_of`` is None where the source names no date; ``note`` says how its definition differs.
    """

    place: str
    metric: str
    printed: str
    value: float
    as_of: date | None
    source: str
    note: str

    @property
    def bound(self) -> str:
        """The sign for what the printed words say of the value: ">" for more than, "≈" for about."""
        return ">" if "超过" in self.printed else "≈" if "约" in self.printed else ""


@dataclass(frozen=True)
class Neighbours:
    """The places with their figures and shapes, read-only."""

    places: tuple[Place, ...]
    figures: tuple[PlaceFigure, ...]
    shapes: Mapping[str, Mapping[str, Any]]
    attribution: Label

    def of(self, metric: str) -> dict[str, PlaceFigure]:
        """Return the figure of every place that published ``metric``, by the place's code."""
        return {figure.place: figure for figure in self.figures if figure.metric == metric}

    def by(self, place: str) -> tuple[PlaceFigure, ...]:
        """Return everything a place published, in the order of the metrics."""
        return tuple(found for metric in self.metrics if (found := self.of(metric).get(place)))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics somebody published, in the order of the file."""
        return tuple(dict.fromkeys(figure.metric for figure in self.figures))


@lru_cache(maxsize=8)
def load_neighbours(folder: Path) -> Neighbours | None:
    """Return the neighbours of the profile in ``folder``, None if it has none; raise ``ProfileError`` on a bad row."""
    path = folder / "neighbours.csv"
    if not path.exists():
        return None
    places = tuple(
        Place(
            row["code"],
            Label(row["name_zh"], row["name_en"], row["short_zh"], row["short_en"]),
            row["on_map"] == "true",
        )
        for row in _rows(path)
    )
    known = {place.code for place in places}
    figures = tuple(_figure(folder, number, row, known) for number, row in _numbered(folder))
    drawn = folder / "neighbours.geojson"
    raw = json.loads(drawn.read_text("utf-8")) if drawn.exists() else {"features": []}
    shapes = {str(feature["id"]): feature for feature in raw["features"]}
    attribution = Label(raw.get("attribution_zh", ""), raw.get("attribution_en", ""))
    return Neighbours(places, figures, shapes, attribution)


def _numbered(folder: Path) -> list[tuple[int, dict[str, str]]]:
    path = folder / "neighbour_figures.csv"
    return list(enumerate(_rows(path), start=2)) if path.exists() else []


def _figure(folder: Path, number: int, row: Mapping[str, str], known: set[str]) -> PlaceFigure:
    if row["place"] not in known:
        where = f"{folder}/neighbour_figures.csv: 第 {number} 行 place={row['place']}"
        raise ProfileError(f"{where}：neighbours.csv 里没有这个编码")
    try:
        day = date.fromisoformat(row["as_of"]) if row["as_of"] else None
        value = float(row["value"])
    except ValueError as error:
        raise ProfileError(f"{folder}/neighbour_figures.csv: 第 {number} 行：{error}") from error
    return PlaceFigure(row["place"], row["metric"], row["printed"], value, day, row["source"], row["note"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
