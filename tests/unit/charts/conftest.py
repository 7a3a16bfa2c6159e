"""Charts are checked by plotly when they are tested, and not when a reader waits for them."""

import json
from collections.abc import Callable
from typing import Any

import plotly.io
import pytest

from charts import theme


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let plotly look at every property, and make sure that what a reader gets without it is the same."""
    made: Callable[..., None] = theme.FinishedFigure.__init__

    def make(self: theme.FinishedFigure, **parts: Any) -> None:
        made(self, **parts)
        if all(isinstance(trace, dict) for trace in parts["data"]):
            unchecked = theme.FinishedFigure.of(parts["data"], parts["layout"])
        else:
            unchecked = theme.FinishedFigure.__new__(theme.FinishedFigure)
            made(unchecked, **{**parts, "_validate": False})
        written = (plotly.io.to_json(figure, validate=False) for figure in (self, unchecked))
        first, second = map(json.loads, written)
        assert first == second

    monkeypatch.setattr(theme, "CHECKED", True)
    monkeypatch.setattr(theme.FinishedFigure, "__init__", make)
