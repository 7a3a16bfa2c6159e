"""How the native charts of Word and PowerPoint look: one house style for bars, lines and scatters."""

import math
from collections.abc import Mapping, Sequence

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn
from pptx.util import Pt

INK, MUTED, LINE = RGBColor(0x17, 0x21, 0x2E), RGBColor(0x55, 0x63, 0x7A), RGBColor(0xDF, 0xE5, 0xEC)
_MOST_LABELS = 10
BLUE, ORANGE, GREY = RGBColor(0x31, 0x6B, 0xB0), RGBColor(0xC9, 0x62, 0x1E), RGBColor(0xA7, 0xB0, 0xBD)


def category_data(categories: Sequence[str], series: Mapping[str, Sequence[float]], form: str) -> CategoryChartData:
    """Return the data of a chart: NaN leaves its place empty; ``form`` is the numbers' format."""
    data = CategoryChartData(number_format=form)
    data.categories = categories
    for name, values in series.items():
        data.add_series(name, [None if value != value else value for value in values])  # noqa: PLR0124 - NaN
    return data


def style_bars(chart: Chart, form: str, size: float, *, marked: Sequence[int] = (), horizontal: bool = True) -> None:
    """Style bars: a value at each, no grid; the bars in places ``marked`` stand out."""
    _common(chart, size)
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = form, False
    labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(size)
    for series in plot.series:
        _fill(series, BLUE)
        for place in marked:
            _fill(series.points[place], ORANGE)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    chart.category_axis.reverse_order = horizontal
    chart.category_axis.has_major_gridlines = False


def style_lines(chart: Chart, form: str, size: float) -> None:
    """Style columns or lines over time: a light grid, the first series in blue, further ones in grey."""
    _common(chart, size)
    axis = chart.value_axis
    axis.has_major_gridlines, axis.major_gridlines.format.line.color.rgb = True, LINE
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    axis.format.line.fill.background()
    for series, colour in zip(chart.plots[0].series, (BLUE, GREY, ORANGE), strict=False):
        _fill(series, colour)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _skip_labels(chart)
    if len(chart.plots[0].series) > 1:
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False


def style_scatter(chart: Chart, names: Sequence[str], across: str, upwards: str, *, marked: Sequence[int] = ()) -> None:
    """Style a scatter on two logarithmic axes: every point of the first series with its name, the second a line.

    The points in places ``marked`` stand out.
    """
    chart.has_title, chart.has_legend, chart.font.size = False, True, Pt(12)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    for axis, title in ((chart.category_axis, across), (chart.value_axis, upwards)):
        axis.has_title, axis.axis_title.text_frame.text = True, title
        axis.axis_title.text_frame.paragraphs[0].font.size = Pt(12)
        axis.major_gridlines.format.line.color.rgb = LINE
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0.##", False
        scaling = axis._element.find(qn("c:scaling"))  # noqa: SLF001 - python-pptx knows no logarithmic axes
        scaling.insert(0, scaling.makeelement(qn("c:logBase"), {"val": "10"}))
    banks, line = chart.plots[0].series
    banks.format.line.fill.background()
    banks.marker.style, banks.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    banks.marker.format.fill.solid()
    banks.marker.format.fill.fore_color.rgb = BLUE
    line.marker.style = XL_MARKER_STYLE.NONE
    line.format.line.color.rgb, line.format.line.width = GREY, Pt(1.5)
    for place in marked:
        point = banks.points[place].marker
        point.style, point.size = XL_MARKER_STYLE.DIAMOND, 11
        _fill(point, ORANGE)
    for place, name in enumerate(names):
        frame = banks.points[place].data_label.text_frame
        frame.text = name
        frame.paragraphs[0].runs[0].font.size = Pt(10)
        banks.points[place].data_label.position = XL_LABEL_POSITION.RIGHT


def _skip_labels(chart: Chart) -> None:
    """Write at most ``_MOST_LABELS`` dates below an axis: more run into each other."""
    every = math.ceil(len(chart.plots[0].categories) / _MOST_LABELS)
    axis = chart.category_axis._element  # noqa: SLF001 - python-pptx knows no skipped labels
    behind = axis.find(qn("c:noMultiLvlLbl"))
    for name in ("tickLblSkip", "tickMarkSkip"):
        behind.addprevious(axis.makeelement(qn(f"c:{name}"), {"val": str(every)}))


def _common(chart: Chart, size: float) -> None:
    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.color.rgb = Pt(size), INK
    chart.category_axis.format.line.color.rgb = LINE
    chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE


def _fill(mark: object, colour: RGBColor) -> None:
    fill = mark.format.fill  # type: ignore[attr-defined] # a series or a point: python-pptx has no common type
    fill.solid()
    fill.fore_color.rgb = colour
