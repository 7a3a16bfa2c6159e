"""The house's colours and type in one place: charts take them from here, the style sheet and ``config.toml`` agree.

A colour that differs between the light and the dark theme is a ``Tone``. Figures are built once and shown in both
themes, so they only use tones that read on either background (``MARK``) or leave the colour to the front end.
"""

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from numpy.typing import NDArray

FONT_STACK = (
    "'Microsoft YaHei UI','Microsoft YaHei','PingFang SC','HarmonyOS Sans SC','Noto Sans CJK SC',"
    "'Source Han Sans SC','WenQuanYi Micro Hei','Zhanrong Sans',sans-serif"
)


@dataclass(frozen=True, slots=True)
class Tone:
    """One colour in the light and in the dark theme."""

    light: str
    dark: str


# What the style sheet offers as --zr-<name>; contrast of the text tones on ``surface`` is WCAG AA in both themes.
TONES: dict[str, Tone] = {
    "page": Tone("#F4F6F9", "#0C131D"),
    "surface": Tone("#FFFFFF", "#141E2B"),
    "raised": Tone("#F8FAFC", "#1A2636"),
    "line": Tone("#DFE5EC", "#263447"),
    "text": Tone("#17212E", "#E7EDF4"),
    "muted": Tone("#55637A", "#A3B1C4"),
    "primary": Tone("#17509E", "#6FAAF2"),
    "wash": Tone("#EAF1FA", "#182A42"),
    "good": Tone("#12714A", "#4FC78E"),
    "good_wash": Tone("#E5F4EC", "#12301F"),
    "warn": Tone("#8F5B00", "#E5B345"),
    "warn_wash": Tone("#FCF2DC", "#33270D"),
    "bad": Tone("#B4322A", "#F58A80"),
    "bad_wash": Tone("#FBEAE8", "#3A1917"),
}

# Ten each: plotly falls back to its own colours when a theme's list is shorter. The categorical ten stay apart
# under the common forms of colour blindness (tested), neighbours by lightness as well as by hue.
CATEGORICAL = (
    "#2F6FBE", "#D9772B", "#1F9E89", "#A23B72", "#A7B0BD",
    "#E0BE3F", "#5B4B9A", "#5FB3D9", "#8C4A2F", "#6C9A3B",
)  # fmt: skip
SEQUENTIAL = (
    "#E3EDF8", "#CADDF1", "#ACC9E8", "#8BB3DD", "#699BD1",
    "#4A83C3", "#316BB0", "#1F5598", "#134180", "#0A2D62",
)  # fmt: skip
DIVERGING = (
    "#9E3D22", "#C45F34", "#DE8B58", "#EEB78D", "#F6E0CC",
    "#DCE7F2", "#A9C6E3", "#6F9FD0", "#3B76B5", "#1B4F8F",
)  # fmt: skip

# Marks of figures: mid-lightness, so that they read on the light and on the dark surface.
MARK = {
    "actual": "#2F6FBE",
    "soft": "#8BB3DD",
    "target": "#D9772B",
    "neutral": "#8A94A3",
    "grid": "rgba(138,148,163,0.22)",
    "fan": "rgba(47,111,190,0.18)",
    "good": "#2B9463",
    "warn": "#C98A1B",
    "bad": "#D0524A",
}

# Whether plotly looks at every property of a figure when it is made. It takes as long as all the rest of making one,
# so that only the charts' own tests ask for it.
CHECKED = False

# A light is a word and a shape before it is a colour.
LIGHT_SHAPES = {"good": "●", "warning": "▲", "behind": "■"}
LIGHT_TONES = {"good": "good", "warning": "warn", "behind": "bad"}


def layout(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - plotly's layout is untyped
    """Return the layout every figure starts from: transparent, quiet grid, no legend box; ``changes`` on top."""
    axis = {
        "gridcolor": MARK["grid"],
        "zeroline": False,
        "linecolor": MARK["grid"],
        "automargin": True,
        "fixedrange": True,
    }
    base: dict[str, Any] = {
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "font": {"family": FONT_STACK, "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"font": {"family": FONT_STACK, "size": 13}},
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.01,
            "xanchor": "left",
            "x": 0,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "template": None,
        "dragmode": False,
    }
    return {
        key: {**base[key], **value} if isinstance(base.get(key), dict) else value
        for key, value in {**base, **changes}.items()
    }


# The largest whole number of each width that the browser knows.
_WHOLE = {f"i{width}": 2 ** (8 * width - 1) - 1 for width in (1, 2, 4)}


class FinishedFigure(go.Figure):  # type: ignore[misc]
    """A figure that is not changed any more: its description is made once and handed out as it is.

    plotly copies the whole description when a figure is made and again every time it is shown, and reads each column
    of a frame through a second library: more than all the rest of making and showing one. So a figure of plain data is
    described here, and becomes plotly's own only when somebody asks for one of its parts.
    """

    @classmethod
    def of(cls, traces: list[dict[str, Any]], arranged: dict[str, Any]) -> "FinishedFigure":
        """Return the figure of plain traces in a plain layout, neither of which anybody may change."""
        made: FinishedFigure = cls.__new__(cls)
        made.__dict__["_plain"] = (traces, arranged)
        return made

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - plotly's attributes are untyped
        """Become plotly's own figure, whose attributes are not there yet."""
        if "_plain" not in self.__dict__:
            raise AttributeError(name)
        traces, arranged = self.__dict__.pop("_plain")
        super().__init__(data=traces, layout=arranged, _validate=False)
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the description; nobody may change it."""
        if "_finished" not in self.__dict__:
            plain = self.__dict__.get("_plain")
            self.__dict__["_finished"] = _described(*plain) if plain else super().to_dict()
        finished: dict[str, Any] = self.__dict__["_finished"]
        return finished


def figure(traces: list[Any], **changes: Any) -> FinishedFigure:  # noqa: ANN401 - untyped in the library
    """Return a figure of ``traces`` in the house's layout."""
    if CHECKED or not all(isinstance(trace, dict) for trace in traces):
        return FinishedFigure(data=traces, layout=layout(**changes), _validate=CHECKED)
    return FinishedFigure.of(traces, layout(**changes))


def _described(traces: list[dict[str, Any]], arranged: dict[str, Any]) -> dict[str, Any]:
    """Return what plotly would describe a figure of these by."""
    default = pio.templates.default
    template = {"template": _template(str(default))} if default else {}
    return {"data": [_packed(trace) for trace in traces], "layout": {**_packed(arranged), **template}}


@cache
def _template(name: str) -> dict[str, Any]:
    described: dict[str, Any] = go.Figure(layout={"template": pio.templates[name]}).to_dict()["layout"]["template"]
    return described


def _packed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return plain data as plotly sends it: without what is None, numbers of a column in their binary form."""
    if isinstance(value, dict):
        return {key: _packed(part) for key, part in value.items() if part is not None}
    if isinstance(value, pd.Series | pd.Index):
        return _packed(value.to_numpy())
    if isinstance(value, np.ndarray):
        return _binary(value) if value.size and value.dtype.kind in "fi" else value
    if isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        return [_packed(part) for part in value]
    return value


def _binary(column: NDArray[Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return a column of numbers as the browser reads it fastest; whole numbers in as few bytes as they need."""
    if column.dtype == np.int64:
        low, high = column.min(), column.max()
        fitting = next((kind for kind, most in _WHOLE.items() if -most - 1 <= low and high <= most), None)
        if fitting is None:
            return column  # the browser knows no whole numbers of eight bytes
        column = column.astype(fitting)
    packed = b64encode(np.ascontiguousarray(column).tobytes()).decode("ascii")
    return {"dtype": f"{column.dtype.kind}{column.dtype.itemsize}", "bdata": packed}
