"""The total score of banks: only for those who ask for it, with its weights and with the ties it cannot break."""

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd

from components.banks.desk import Desk
from components.banks.judging import DRAWS, QUESTIONS
from components.banks.words import question_names, rank_said
from metrics.banks.ranks import resampled_shares
from metrics.banks.total import WEIGHTS, noisy, total_scores


def weights(desk: Desk) -> Mapping[str, float]:
    """Return the city's weights of the questions, which add up to 1."""
    asked = {**WEIGHTS, **desk.context.profile.settings.get("bank_score_weights", {})}
    whole = sum(float(asked[question]) for question in QUESTIONS)
    return {question: float(asked[question]) / whole for question in QUESTIONS}


def scores(desk: Desk) -> pd.DataFrame:
    """Return the total score of every bank that has all four figures (``metrics.banks.total.total_scores``)."""
    visits, shares, quality = desk.now.visits.rows, desk.now.shares.rows, desk.now.quality
    # Half the width of a 95 % interval on the log scale is 1.96 standard errors.
    width = desk.ratio["high"] / desk.ratio["low"].where(desk.ratio["low"] > 0)
    error = pd.Series(np.log(width) / (2 * 1.96), index=width.index)
    applied = resampled_shares(shares["n"], shares["x"], DRAWS)
    scale = (shares["adjusted"] / shares["share"]).reindex(applied.columns).fillna(0.0)
    named = quality[quality["score"].notna()] if len(quality) else quality
    values = {
        "visits": visits["ratio"], "applications": shares["adjusted"], "credit": desk.ratio["ratio"],
        "reasons": 1.0 - named["empty"],
    }  # fmt: skip
    draws = {
        "visits": noisy(visits["ratio"], visits["observed"].where(visits["observed"] > 0) ** -0.5, DRAWS),
        "applications": applied * scale,
        "credit": noisy(desk.ratio["ratio"], error, DRAWS),
        "reasons": resampled_shares(named["rejections"], named["rejections"] * (1.0 - named["empty"]), DRAWS),
    }
    return total_scores(values, draws, weights(desk))


def score_html(desk: Desk) -> str:
    """Return the scores as a table, with the weights in its head and a sentence on what the ranks are worth."""
    t, names, found = desk.context.t, question_names(desk.context.t), scores(desk)
    if found.empty:
        nobody = t("没有四项指标齐全的银行，不计总分")
        return f'<p class="zr-note">{escape(nobody)}</p>'
    heads = [t("银行"), *(f"{names[q]} {w:.0%}" for q, w in weights(desk).items()), t("总分"), t("位次（95% 区间）")]
    head = "".join(f'<th class="{"" if i else "name"}" scope="col">{escape(h)}</th>' for i, h in enumerate(heads))
    body = "".join(_row(desk, str(bank), found.loc[bank]) for bank in found.index)
    tied = int(found["is_tied"].sum())
    note = t("各项得分为超过其他银行的占比；{n} 家的位次与相邻银行分不出先后，标“并列”。缺一项的银行不计分。").format(
        n=tied
    )
    table = f'<table class="zr-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="zr-table-wrap">{table}</div><p class="zr-note">{escape(note)}</p>'


def _row(desk: Desk, bank: str, row: "pd.Series[float]") -> str:
    t = desk.context.t
    place = rank_said(t, dict(row))
    place += t(" 并列") if row["is_tied"] else ""
    cells = [*(f"{row[question]:.0f}" for question in QUESTIONS), f"{row['total']:.1f}", place]
    values = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><td class="name">{escape(desk.name(bank, short=False))}</td>{values}</tr>'
