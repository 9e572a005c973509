"""Whether `aoi` names the character under a point, against ink found by painting.

python -m tests.benchmarks.mapping_truth [--points 50000]

Every script is shown at three pixel ratios, each in a process of its own (Qt takes its ratio at
the start): as it is, scrolled, while it streams in, and in a window of another size. Points lie at
least one pixel inside the ink of one grapheme cluster.
"""

# ruff: noqa: E501, RUF001 # texts in the scripts under test
import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

SCRIPTS = {
    "latin": (
        "# Why *tides* AVOID Toronto\n\nThe *official* **effort**: AVAIL, To, Ty, Wav, fjord; "
        'f(x) = *f*j, *jiffy*, **offer**, `x_1`, (W) [link](http://x.y) ~~old~~ "quoted" it\'s. '
        "Ångström, naïve café, e\u0301te\u0301, Łódź, straße.\n\n"
        "> Moonlight quotes itself; *Wolf* Yj Ty.\n\n"
    ),
    "cjk": "## 天空为什么是蓝色的\n\n阳光在空气中散射，**蓝光**散射得最多。日本語の文章もあります。한국어 문장도 *있습니다*。Mixed 中文 words.\n\n",
    "hebrew": "שלום עולם, זה **טקסט** בעברית עם מספר 2024 ומילה English בפנים.\n\nשורה שנייה: כלב, חתול.\n\n",
    "arabic": "السماء زرقاء لأن **الهواء** يبعثر الضوء، والسلام عليكم 2024 وكلمة English هنا.\n\nلا إله، كتاب.\n\n",
    "emoji": "Family 👩‍👩‍👧‍👦 and 👨‍🚀, flags 🇩🇪🇯🇵, skin 👍🏽, heart ❤️, keycap 1️⃣ and 😀😃 in **a 🎉 line** here.\n\n",
    "code": "Run `pip install x` now:\n\n```python\ndef fi(x_0, y):\n    return {x: [y, 'W']}  # -> != ffi\n\nprint(fi(1, 2))\n```\n\n",
    "tables": "| colour | wavelength | *note* |\n|:--|:-:|--:|\n| blue | 450 nm | **short** waves scatter |\n| red `x` | 700 nm | long, T. |\n\n",
    "lists": "- first *item* that is long enough to be broken over lines in a narrow view\n- second\n  1. nested To\n  2. nested AV\n- [x] done\n- [ ] open\n\n10. ten\n11. eleven\n\n",
}
RIGHT_TO_LEFT = ("hebrew", "arabic")
STATES = ("still", "scrolled", "streaming", "resized")
RATIOS = ("1", "1.5", "2")
INK_PER_CLUSTER = 14
MIN_AGREEMENT = 0.995


def measure(points: int) -> Iterator[dict[str, Any]]:
    """Points of every script and state in this process's pixel ratio."""
    from PySide6.QtWidgets import QApplication

    from tests.painted_ink import PaintedView
    from tests.shown_message import ShownMessage
    from tracker_app.ui import theme

    app = QApplication([])
    theme.apply(app)
    random = np.random.default_rng(7)
    each = points // (len(SCRIPTS) * len(STATES))
    for script, markdown in SCRIPTS.items():
        for number, state in enumerate(STATES):
            shown = ShownMessage(theme.READING[("gaze", "chat")[number % 2]])
            shown.bring_to(state, markdown * 6)
            painted = PaintedView(shown.view)
            tested, wrong = 0, Counter[str]()
            clusters = painted.clusters()
            for index in random.permutation(len(clusters)):
                if tested >= each:
                    break
                ink = painted.ink(clusters[index])
                chosen = random.permutation(len(ink.x))[: min(INK_PER_CLUSTER, each - tested)]
                shift = random.uniform(-0.49, 0.49, (2, len(chosen)))
                x, y = ink.x[chosen] + 0.5 + shift[0], ink.y[chosen] + 0.5 + shift[1]
                found = shown.characters_at(x, y)
                tested += len(chosen)
                text = shown.view.rendering.text
                for span in found:
                    if span != (ink.start, ink.end):
                        got = text[span[0] : span[1]] if span[0] >= 0 else "nothing"
                        wrong[f"{text[ink.start : ink.end]!r} taken for {got!r}"] += 1
            yield {
                "script": script,
                "state": state,
                "points": tested,
                "wrong": sum(wrong.values()),
                "mistakes": dict(wrong.most_common(5)),
                "agreement": painted.agreement(),
            }
            shown.close()


def main() -> None:
    """Run every pixel ratio and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--here", action="store_true", help="this process's pixel ratio only")
    arguments = parser.parse_args()
    if arguments.here:
        for row in measure(arguments.points):
            print(json.dumps(row))
        return
    totals = {script: Counter[str]() for script in SCRIPTS}
    for ratio in RATIOS:
        for row in run(ratio, arguments.points // len(RATIOS) + 100):
            totals[row["script"]].update({"points": row["points"], "wrong": row["wrong"]})
            if row["wrong"] or row["agreement"] < MIN_AGREEMENT:
                print(f"  {ratio}x {row}")
    for script, total in totals.items():
        share = 1 - total["wrong"] / total["points"]
        print(f"{script:8} {total['points']:6} points, {100 * share:.3f}% on the right character")
    straight = [t for s, t in totals.items() if s not in RIGHT_TO_LEFT]
    rtl = [totals[s] for s in RIGHT_TO_LEFT]
    for name, group in (("outside RTL", straight), ("RTL", rtl)):
        points, wrong = sum(t["points"] for t in group), sum(t["wrong"] for t in group)
        print(f"{name}: {wrong} of {points} wrong, {100 * (1 - wrong / points):.3f}% right")


def run(ratio: str, points: int) -> list[dict[str, Any]]:
    """The rows of one pixel ratio, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.mapping_truth"]
    command += ["--here", "--points", str(points)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": ratio}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


if __name__ == "__main__":
    main()
