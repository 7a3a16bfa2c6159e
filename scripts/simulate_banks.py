"""How often the lights of the bank page err: a thousand invented cities where the answer is known.

``python -m scripts.simulate_banks`` prints the tables of ``docs/statistics.md`` (some minutes; seeded, so that
anybody gets the same figures). In the first table no bank differs from the others by more than ordinary variety; in
the second one bank is made to lag on one question, and the share of cities in which its light turns red is the power.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from metrics.banks.cohort import share_fit
from metrics.banks.credit import credit_fit
from metrics.banks.lights import Finding, lights
from metrics.banks.reasons import too_simple
from metrics.banks.visits import visit_fit

QUESTIONS = ("visits", "applications", "credit", "reasons")


@dataclass(frozen=True, slots=True)
class City:
    """What an invented city is like: its banks, their variety (standard deviations), and who lags where by how much.

    ``variety`` has the standard deviations, between banks that do not differ in effort, of ln visits per size, of the
    logit of the share of applications, of ln credit per size, and of the logit of the share of empty reasons (12 % in
    the city). ``factor`` multiplies the lagging bank's visits, applications or credit; its odds of an empty reason are
    divided by its square.
    """

    banks: int = 24
    visits: int = 300_000
    rejections: int = 4_900
    variety: Mapping[str, float] | None = None
    lagging: str = ""
    factor: float = 1.0


ORDINARY = {"visits": 0.20, "applications": 0.25, "credit": 0.40, "reasons": 0.25}
NONE = dict.fromkeys(QUESTIONS, 0.0) | {"credit": 0.40}
GREAT = {"visits": 0.40, "applications": 0.50, "credit": 0.70, "reasons": 0.30}


def red_lights(city: City, rng: np.random.Generator) -> pd.DataFrame:
    """Return the lights of one invented city; bank 0 is the one that lags, if any does."""
    variety = city.variety or ORDINARY
    drawn = {name: rng.normal(0.0, variety[name], city.banks) for name in QUESTIONS}
    slow = {
        name: np.where((np.arange(city.banks) == 0) & (city.lagging == name), city.factor, 1.0) for name in QUESTIONS
    }
    size = np.exp(rng.normal(23.5, 1.0, city.banks))
    if city.lagging:
        size[0] = np.exp(23.5)
    other = size * np.exp(rng.normal(0.0, 0.25, city.banks))
    months = _months(city, rng, size, drawn, slow)
    index = [f"B{i:02d}" for i in range(city.banks)]
    sizes = [pd.Series(values, index=index) for values in (size, other)]
    p = [_p_values(month, sizes[0], index) for month in months]
    return lights(p[1], p[0], _agreed(months[1], sizes[1], index))


def _months(
    city: City,
    rng: np.random.Generator,
    size: np.ndarray,
    drawn: Mapping[str, np.ndarray],
    slow: Mapping[str, np.ndarray],
) -> list[dict[str, np.ndarray]]:
    """Return the figures of two months, cumulative as on the page: the first holds four fifths of the second."""
    rate = size / size.sum() * city.visits * np.exp(drawn["visits"]) * slow["visits"]
    visits = rng.poisson(rate)
    # Three kinds of enterprise with different rates, in a mix that differs from bank to bank.
    mix = rng.dirichlet([8.0, 4.0, 2.0], city.banks)
    n = np.stack([rng.multinomial(v, m) for v, m in zip(visits, mix, strict=True)])
    base = np.array([0.05, 0.09, 0.16]) * slow["applications"][:, None]
    p = 1.0 / (1.0 + np.exp(-(np.log(base / (1.0 - base)) + drawn["applications"][:, None])))
    x = rng.binomial(n, p)
    cases = rng.multinomial(city.rejections, size / size.sum())
    odds = 0.12 / 0.88 * np.exp(drawn["reasons"]) / slow["reasons"] ** 2
    bad = rng.binomial(cases, odds / (1.0 + odds))
    credit = size * np.exp(-4.0 + drawn["credit"] + np.log(slow["credit"]))
    whole = {"visits": visits, "n": n, "x": x, "cases": cases, "bad": bad, "credit": credit}
    earlier = {name: rng.binomial(values, 0.8) for name, values in (("visits", visits), ("x", x), ("bad", bad))}
    earlier["n"] = earlier["x"] + rng.binomial(n - x, 0.8)
    earlier["cases"] = earlier["bad"] + rng.binomial(cases - bad, 0.8)
    return [{**earlier, "credit": 0.8 * credit * np.exp(rng.normal(0.0, 0.08, city.banks))}, whole]


def _p_values(month: Mapping[str, np.ndarray], size: "pd.Series[float]", index: list[str]) -> pd.DataFrame:
    counts = {name: pd.Series(month[name].astype(float), index=index) for name in ("visits", "credit")}
    strata = pd.concat(
        pd.DataFrame({"bank": index, "kind": k, "n": month["n"][:, k], "x": month["x"][:, k]}) for k in range(3)
    )
    reasons = pd.DataFrame({"rejections": month["cases"].astype(float)}, index=index)
    reasons["empty"] = month["bad"] / reasons["rejections"].where(reasons["rejections"] > 0)
    fit = credit_fit(counts["credit"], size)
    found = {
        "visits": visit_fit(counts["visits"], size).rows["p"],
        "applications": share_fit(strata, ("kind",)).rows["p_low"],
        "credit": fit.rows["p"] if fit else pd.Series(dtype=float),
        "reasons": too_simple(reasons),
    }
    return pd.DataFrame(found, index=index)


def _agreed(month: Mapping[str, np.ndarray], other: "pd.Series[float]", index: list[str]) -> pd.DataFrame:
    fit = credit_fit(pd.Series(month["credit"], index=index), other)
    visits = visit_fit(pd.Series(month["visits"].astype(float), index=index), other)
    found = pd.DataFrame(True, index=index, columns=list(QUESTIONS))
    found["visits"] = (visits.rows["ratio"] < 1.0).reindex(index, fill_value=False)
    found["credit"] = (fit.rows["residual"] < 0.0).reindex(index, fill_value=False) if fit else False
    return found


def summary(city: City, runs: int, seed: int) -> dict[str, float]:
    """Return what the lights did over ``runs`` cities, in per cent.

    ``any_red``: cities with a red light on a bank that does not lag; ``red`` and ``amber``: such lights among all;
    ``power`` and ``seen``: cities where the lagging bank's light turned red, or at least amber (NaN if none lags).
    """
    rng = np.random.default_rng(seed)
    counted = []
    for _ in range(runs):
        found = red_lights(city, rng)
        lag = str(found.loc["B00", city.lagging]) if city.lagging else ""
        if city.lagging:
            found.loc["B00", city.lagging] = Finding.GREEN.value
        red, amber = (found == Finding.RED.value), (found == Finding.AMBER.value)
        power = [lag == Finding.RED, lag in {Finding.RED, Finding.AMBER}] if city.lagging else [np.nan, np.nan]
        counted.append([red.to_numpy().any(), red.to_numpy().mean(), amber.to_numpy().mean(), *power])
    means = 100.0 * np.asarray(counted, dtype=float).mean(axis=0)
    return dict(zip(("any_red", "red", "amber", "power", "seen"), map(float, means), strict=True))


def false_alarms(runs: int) -> list[str]:
    """Return the rows of the first table: cities where nobody lags, for three degrees of ordinary variety."""
    rows = [
        "| between banks that do not lag | cities with a false red light | false reds, share of lights | ambers |",
        "|---|---|---|---|",
    ]
    for name, variety in (("chance only", NONE), ("ordinary variety", ORDINARY), ("great variety", GREAT)):
        s = summary(City(variety=variety), runs, 1)
        rows.append(f"| {name} | {s['any_red']:.1f} % | {s['red']:.2f} % | {s['amber']:.1f} % |")
    return rows


def power(runs: int) -> list[str]:
    """Return the rows of the second table: one bank of middling size lags on one question, at three degrees."""
    rows = [
        "| a bank lags on | at | red | red or amber | cities with a false red beside it |",
        "|---|---|---|---|---|",
    ]
    for question in QUESTIONS:
        for factor in (1 / 2, 1 / 3, 1 / 5):
            s = summary(replace(City(variety=ORDINARY), lagging=question, factor=factor), runs, 2)
            found = f"{s['power']:.0f} % | {s['seen']:.0f} % | {s['any_red']:.1f} %"
            rows.append(f"| {question} | 1/{1 / factor:.0f} | {found} |")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="invented cities behind each row of the first table")
    parser.add_argument("--power-runs", type=int, default=40, help="and behind each row of the second")
    asked = parser.parse_args(arguments)
    tables = [false_alarms(asked.runs)] if asked.runs else []
    tables += [power(asked.power_runs)] if asked.power_runs else []
    sys.stdout.write("\n\n".join("\n".join(rows) for rows in tables) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
