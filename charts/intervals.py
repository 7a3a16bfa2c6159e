"""A share with its interval as one line of a table: a bar for the share, a whisker for what chance leaves open."""

import math


def interval_bar(
    value: float, low: float, high: float, top: float, *, mark: float = math.nan, base: float = 0.0
) -> str:
    """Return a bar to ``value`` with a whisker from ``low`` to ``high`` on a scale from ``base`` to ``top``, as HTML.

    ``mark`` draws a line at another value, the whole's say. A scale that does not begin at 0 has a dot instead of the
    bar, whose length would mislead. "" without a value; no whisker without limits.
    """
    if math.isnan(value) or not top > base:
        return ""
    at = _place(value, base, top)
    parts = [f'<b style="left:{at:.2f}%"></b>' if base else f'<i style="width:{at:.2f}%"></i>']
    if not (math.isnan(low) or math.isnan(high)):
        left, right = _place(low, base, top), _place(high, base, top)
        parts.append(f'<s style="left:{left:.2f}%;width:{max(right - left, 0.6):.2f}%"></s>')
    if not math.isnan(mark):
        parts.append(f'<em style="left:{_place(mark, base, top):.2f}%"></em>')
    return f'<span class="zr-bar zr-interval">{"".join(parts)}</span>'


def _place(value: float, base: float, top: float) -> float:
    return min(max(100.0 * (value - base) / (top - base), 0.0), 100.0)
