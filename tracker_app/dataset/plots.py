"""The report's charts as SVG, in colours that read on light and on dark paper."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK, ACCENT, WARM, COOL = "#7a828c", "#3b7dd8", "#c46f1b", "#3f9c6d"
WIDTH_IN, ROW_IN = 9.0, 0.42


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the timeline: spans and moments, in seconds from the session's start."""

    name: str
    spans: Sequence[tuple[float, float]] = ()
    moments: Sequence[float] = ()
    colour: str = ACCENT
    labels: Sequence[tuple[float, str]] = ()


def timeline_svg(lanes: Sequence[Lane], duration_s: float) -> str:
    """The session's lanes above one time axis."""
    figure = Figure(figsize=(WIDTH_IN, 0.7 + ROW_IN * len(lanes)), layout="constrained")
    axes = figure.add_subplot()
    for row, lane in enumerate(lanes):
        widths = [(begin, max(end - begin, duration_s / 1000)) for begin, end in lane.spans]
        axes.broken_barh(widths, (row - 0.3, 0.6), facecolors=lane.colour, linewidth=0)
        axes.plot(lane.moments, [row] * len(lane.moments), "|", color=lane.colour, markersize=11)
        for begin, text in lane.labels:
            axes.text(begin, row + 0.02, f" {text}", va="center", fontsize=8, color="white")
    axes.set_yticks(range(len(lanes)), [lane.name for lane in lanes])
    axes.set_ylim(len(lanes) - 0.4, -0.6)
    axes.set_xlim(0, duration_s)
    axes.set_xlabel("seconds recorded")
    _calm(axes)
    return _svg(figure)


def histogram_svg(values: Sequence[float], label: str) -> str:
    """How values are distributed, up to their 99th percentile."""
    figure = Figure(figsize=(WIDTH_IN / 2, 1.9), layout="constrained")
    axes = figure.add_subplot()
    ordered = sorted(values)
    highest = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))] if ordered else 1.0
    axes.hist(values, bins=40, range=(0, max(highest, 1e-6)), color=ACCENT)
    axes.set_xlabel(label)
    axes.set_ylabel("frames")
    _calm(axes)
    return _svg(figure)


def _calm(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(colors=INK, length=0, labelsize=9)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    axes.xaxis.label.set_fontsize(9)
    axes.yaxis.label.set_fontsize(9)


def _svg(figure: Figure) -> str:
    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
