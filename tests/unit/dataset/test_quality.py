from dataclasses import fields

import pytest

from tests.sessions import S, Script, build_session
from tracker_app.codec import Entry
from tracker_app.dataset.quality import measure
from tracker_app.records import (
    FlowStep,
    Frame,
    Gap,
    Rating,
    Record,
    Recording,
    TokenArrival,
    stream_of,
)

MS = 1_000_000


def _entries(*rows: tuple[int, Record]) -> list[Entry]:
    return [Entry(segment, stream_of(r), i, r) for i, (segment, r) in enumerate(rows)]


def _frame(t_ns: int, dropped: int = 0, has_face: bool = True) -> Frame:
    return Frame(
        t_ns=t_ns,
        number=0,
        result_t_ns=t_ns + 20 * MS,
        position_ms=None,
        dropped=dropped,
        has_face=has_face,
        other_faces=0,
        is_blinking=False,
        brightness=None,
        yaw_deg=None,
        pitch_deg=None,
        roll_deg=None,
        head_x_mm=None,
        head_y_mm=None,
        distance_mm=None,
        eye_openness=None,
    )


def test_without_records_every_figure_is_zero_or_none() -> None:
    quality = measure([])
    assert all(not getattr(quality, f.name) for f in fields(quality))


def test_durations_are_sums_over_segments() -> None:
    steps = [(0, 100 * S), (0, 160 * S), (1, 5 * S), (1, 15 * S)]
    entries = _entries(
        *((s, FlowStep(t_ns=t, step="talk", task=1, event="done")) for s, t in steps)
    )
    assert measure(entries).duration_s == 70
    assert measure(entries).segments == 2


def test_frames_are_counted_shared_and_timed() -> None:
    frames = [_frame(i * 40 * MS, dropped=i % 2, has_face=i != 0) for i in range(5)]
    quality = measure(_entries(*((0, f) for f in frames)))
    assert quality.frames == 5
    assert quality.face_share == 0.8
    assert quality.dropped_share == 2 / 7
    assert quality.frame_rate_hz == pytest.approx(25)
    assert quality.frame_jitter_ms == pytest.approx(0)
    assert quality.result_delay_p95_ms == pytest.approx(20)


def _pause(t_ns: int, is_on: bool) -> Recording:
    return Recording(t_ns=t_ns, is_on=is_on, source="all", reason="")


def _camera_gap(t_ns: int, until_ns: int) -> Gap:
    return Gap(t_ns=t_ns, source="camera", end_t_ns=until_ns, lost=50, reason="")


def test_pauses_gaps_and_segment_borders_do_not_slow_the_frame_rate() -> None:
    times = [0, 40, 5000, 5040, 9000, 9040]
    quality = measure(
        _entries(
            *((0, _frame(t * MS)) for t in times),
            (0, _pause(60 * MS, False)),
            (0, _pause(4000 * MS, True)),
            (0, _camera_gap(5040 * MS, 9000 * MS)),
            (1, _frame(3)),
            (1, _frame(3 + 40 * MS)),
        )
    )
    assert quality.frame_rate_hz == pytest.approx(25)
    assert quality.frame_interval_p95_ms == pytest.approx(40)
    assert quality.paused_s == pytest.approx(3.94)
    assert (quality.gaps, quality.lost_records) == (1, 50)


def test_a_gap_of_unknown_loss_is_a_gap_and_counts_nothing_as_known() -> None:
    gap = Gap(t_ns=S, source="mouse", end_t_ns=2 * S, lost=None, reason="It stopped.")
    quality = measure([Entry(0, "gap", 0, gap)])
    assert (quality.gaps, quality.lost_records) == (1, 0)


def test_a_stall_nobody_recorded_does_slow_the_frame_rate() -> None:
    quality = measure(_entries(*((0, _frame(t * MS)) for t in (0, 40, 1000))))
    assert quality.frame_rate_hz == pytest.approx(2)


def test_a_changed_rating_counts_once() -> None:
    ratings = [
        Rating(t_ns=t, message_id="t0r1", turn=0, side=1, value=value)
        for t, value in ((1, 2), (2, 5))
    ]
    assert measure(_entries(*((0, r) for r in ratings))).ratings == 1


def test_pieces_are_timed_within_a_segment_only() -> None:
    tokens = [(0, 900 * S), (0, 901 * S), (1, 1 * S), (1, 2 * S)]
    entries = _entries(*((s, TokenArrival(t_ns=t, message_id="m", end=1)) for s, t in tokens))
    assert measure(entries).pieces_per_s == 1


def test_a_whole_session_has_every_figure() -> None:
    quality = measure(build_session())
    assert quality.is_simulated is False
    assert quality.accuracy_deg == 1.4
    assert quality.accuracy_px == 58
    assert quality.median_confidence == 0.86
    assert quality.frame_rate_hz == pytest.approx(30, abs=1)
    assert quality.gaze_rate_hz == pytest.approx(30, abs=1)
    assert quality.data_loss is not None
    assert 0 < quality.data_loss < 0.02
    assert quality.distance_mm == pytest.approx(600, abs=2)
    assert quality.pieces_per_s == pytest.approx(25)
    assert (quality.turns, quality.answers, quality.ratings, quality.preferences) == (2, 4, 4, 2)
    assert quality.paused_s == 4
    assert all(getattr(quality, f.name) is not None for f in fields(quality))


def test_simulated_eyes_are_said_to_be_simulated() -> None:
    assert measure(build_session(Script(is_simulated=True, turns=1))).is_simulated is True
