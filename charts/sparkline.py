"""A sparkline as inline SVG: no chart library, a few hundred bytes, coloured by the text around it."""

from collections.abc import Sequence


def sparkline(values: Sequence[float], *, width: int = 84, height: int = 26) -> str:
    """Return ``values`` as a line with a wash below and a dot at its end; "" for fewer than two points.

    The line spans the values' own range: it shows the shape of a course, not its level.
    """
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (width - 6) / (len(values) - 1)
    points = [(2 + i * step, height - 3 - (v - low) / span * (height - 7)) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end_x, end_y = points[-1]
    return (
        f'<svg class="zr-spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<polygon points="{points[0][0]:.1f},{height} {line} {end_x:.1f},{height}" fill="currentColor" opacity=".12"/>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>'
        f'<circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="2.4" fill="currentColor"/></svg>'
    )
