"""A share with its interval as one line of a table: a bar for the share, a whisker for what chance leaves open."""

import math


def interval_bar(value: float, low: float, high: float, top: float, *, mark: float = math.nan) -> str:
    """Return a bar to ``value`` with a whisker from ``low`` to ``high`` on a scale from 0 to ``top``, as HTML.

    ``mark`` draws a line at another value, the whole's say. "" without a value; no whisker without limits.
    """
    if math.isnan(value) or not top > 0:
        return ""
    parts = [f'<i style="width:{_place(value, top):.2f}%"></i>']
    if not (math.isnan(low) or math.isnan(high)):
        left, right = _place(low, top), _place(high, top)
        parts.append(f'<s style="left:{left:.2f}%;width:{max(right - left, 0.6):.2f}%"></s>')
    if not math.isnan(mark):
        parts.append(f'<em style="left:{_place(mark, top):.2f}%"></em>')
    return f'<span class="zr-bar">{"".join(parts)}</span>'


def _place(value: float, top: float) -> float:
    return min(max(100.0 * value / top, 0.0), 100.0)
