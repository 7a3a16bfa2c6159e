"""How often the pacing forecast was right on the city in the store: writes the tables into docs/pacing.md.

    python -m benchmarks.backtest

The visits of the whole city and of each level-1 region are cut every few days, forecast from what was known then, and
compared with what followed.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data_access.profile import Profile, load_profile
from data_access.queries.history import daily
from data_access.selection import Scope, Selection
from data_access.settings import load_settings
from data_access.store import Store, open_store
from metrics.backtest import Plan, backtest, brier_score, calibration, interval_scores
from metrics.calendar import Calendar
from metrics.forecast import InsufficientHistoryError, daily_series

PAGE = Path(__file__).resolve().parent.parent / "docs" / "pacing.md"
BEGIN, END = "<!-- backtest: begin -->\n", "<!-- backtest: end -->"


def main() -> None:
    """Run the back-test on the store of the settings and put its tables into the page."""
    settings = load_settings()
    profile, store = load_profile(settings.profile), open_store(settings.store)
    city, parts = results(store, profile)
    text = PAGE.read_text("utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + BEGIN + _report(city, parts) + END + rest.split(END)[1], "utf-8")
    store.close()


def results(store: Store, profile: Profile) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the rows of ``backtest`` for the city's visits, and those for each of its level-1 regions.

    Raises ``KeyError`` if the store holds no visits.
    """
    calendar = Calendar(profile.holidays, profile.makeup_workdays, profile.quiet_periods)
    last = store.coverage()["visits"].last_on or profile.programme_start
    selection = Selection(last)

    def run(chosen: Selection, plan: Plan) -> pd.DataFrame:
        frame = daily(store, Scope.everything(), chosen, "visited")
        return backtest(daily_series(frame, profile.programme_start, last), calendar, plan)

    parts = []
    for region in profile.children():
        try:
            parts.append(run(selection.within(region.code), Plan()))
        except (InsufficientHistoryError, ValueError):
            continue  # too few days in this region for a single cut
    return run(selection, Plan(step=3)), parts


def _report(city: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> str:
    lines = ["| horizon | whole city: cuts | inside the 80 % interval | regions: cuts | inside | median error |"]
    lines.append("|---|---|---|---|---|---|")
    regions = _pooled([interval_scores(part) for part in parts])
    for whole, pooled in zip(interval_scores(city).itertuples(), regions.itertuples(), strict=True):
        shares = f"{whole.cuts} | {whole.inside:.0%} | {pooled.cuts} | {pooled.inside:.0%} | {pooled.error:.0%}"
        lines.append(f"| {whole.horizon} days | {shares} |")
    both = pd.concat([city, *parts])
    lines += ["", "| probability given | cases | mean given | came true |", "|---|---|---|---|", *_calibration(both)]
    lines.append(f"\nBrier score {brier_score(both):.3f} (0 is perfect, always saying 50 % earns 0.25).\n")
    return "\n".join(lines).replace("%", " %").replace("  %", " %")


def _pooled(scores: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The regions' scores by horizon: cuts in all, the share of them inside, and the median of the regions' errors."""
    rows = pd.concat(scores).assign(hits=lambda frame: frame["inside"] * frame["cuts"])
    pooled = rows.groupby("horizon").agg(cuts=("cuts", "sum"), hits=("hits", "sum"), error=("error", "median"))
    return pooled.assign(inside=pooled["hits"] / pooled["cuts"])


def _calibration(results: pd.DataFrame) -> Sequence[str]:
    return [
        f"| {row.low:.0%}–{row.high:.0%} | {row.cases:,} | {row.forecast:.0%} | {row.observed:.0%} |"
        for row in calibration(results).itertuples()
    ]


if __name__ == "__main__":
    main()
