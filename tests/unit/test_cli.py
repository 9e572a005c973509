"""Commands as a user types them: data on standard output, one sentence on standard error."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.sessions import Script, build_session, with_changes
from tests.simulated import clicks
from tracker_app import cli
from tracker_app.capture.machine_check import MachineCheck, Status
from tracker_app.cli import main
from tracker_app.codec import Entry
from tracker_app.gaze.stills import save_stills
from tracker_app.recording import reading
from tracker_app.recording.folder_files import JOURNAL_NAME
from tracker_app.recording.folders import session_folder
from tracker_app.recording.journal import Journal
from tracker_app.records import CalibrationResult, FlowStep
from tracker_app.study.identity import new_id


def _fails(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A finished session with a single record."""
    session_id = new_id(is_simulated=True)
    journal = Journal(session_folder(tmp_path, session_id), session_id, FakeClock())
    journal.append(FlowStep(t_ns=1, step="talk", task=1, event="done"), 0)
    journal.finish()
    journal.close()
    return journal.folder


def test_without_a_display_the_window_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "There is no display" in _fails(["run"], capsys)


@pytest.mark.parametrize("arguments", [["run", "--simulate"], ["demo", "--person"]])
@pytest.mark.parametrize("person", ["study.toml", "7:tired", "recorded:"])
def test_a_person_who_cannot_be_simulated_is_one_sentence(
    arguments: list[str], person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "recorded:FILE.npz" in _fails([*arguments, person], capsys)


def test_under_pure_wayland_the_mouse_check_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert main(["check", "--camera", "portrait", "--json"]) == 1
    checks = json.loads(capsys.readouterr().out)
    assert not checks["mouse"]["is_ok"]
    assert "Xorg" in checks["mouse"]["detail"]
    assert checks["display"]["session_type"] == "wayland"
    assert checks["camera"]["is_ok"]
    assert checks["camera"]["delivered_hz"] > 20
    assert checks["distance"]["distance_mm"] > 0
    assert checks["face_model"]["status"] == "ok"


def test_without_a_display_check_says_so_once_and_checks_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["check", "--camera", "portrait"]) == 1
    lines = capsys.readouterr().out.splitlines()
    marks = {line[6:].split("  ")[0]: line[:4] for line in lines}
    assert marks["Display"] == marks["Mouse"] == "FAIL"
    assert marks["Face"] == marks["Distance"] == marks["Light"] == "ok  "
    assert sum("There is no display" in line for line in lines) == 1
    assert len({line.index(detail) for line in lines if (detail := line[20:])}) == 1


def test_a_warning_does_not_fail_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        MachineCheck("light", "Light", Status.WARN, "10% of full brightness.", {"brightness": 0.1}),
        MachineCheck("text", "Text", Status.OK, "read from 600 mm", {}, ("HDMI-1: 1 x 1 px",)),
    ]
    monkeypatch.setattr("tracker_app.capture.machine.check_machine", lambda _: found)
    assert main(["check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "warn  Light  10% of full brightness.",
        "ok    Text   read from 600 mm",
        "             HDMI-1: 1 x 1 px",
    ]
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["light"] == {
        "is_ok": True,
        "status": "warn",
        "detail": "10% of full brightness.",
        "brightness": 0.1,
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [('camra = "1"', "camra"), ("camera =", "not valid TOML")],
)
def test_broken_settings_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(text)
    assert sentence in _fails(["--settings", str(settings), "run"], capsys)


def test_a_missing_camera_and_a_wrong_model_are_found_by_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "face_landmarker.task"
    wrong.write_bytes(b"not a model")
    monkeypatch.setenv("TRACKER_FACE_MODEL", str(wrong))
    assert main(["check", "--camera", str(tmp_path / "none.mp4")]) == 1
    printed = capsys.readouterr().out
    assert "not the expected file" in printed
    assert "There is no video file" in printed


def test_verify_tells_a_whole_session_from_a_damaged_one(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(session), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_complete"] is True
    raw = bytearray((session / JOURNAL_NAME).read_bytes())
    at = raw.rindex(b"\x1f\x8b\x08")  # the chunk
    raw[at + 15] ^= 1
    (session / JOURNAL_NAME).write_bytes(raw)
    assert main(["verify", str(session), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["is_complete"] is False
    assert found["damaged"]


def test_an_unknown_session_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No session zz" in _fails(["export", "zz", "--out", str(tmp_path / "o")], capsys)


def test_an_export_is_not_overwritten(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["export", str(session), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    capsys.readouterr()
    assert "exists" in _fails(arguments, capsys)


def test_wrong_usage_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["fly"])
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_second_window_is_refused_before_anything_is_shown(tmp_path: Path) -> None:
    from tracker_app.recording.folders import one_instance

    command = [sys.executable, "-m", "tracker_app", "run", "--data-dir", str(tmp_path)]
    environment = {**os.environ, "DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}
    with one_instance(tmp_path):
        out = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert out.returncode == 1
    assert "already open" in out.stderr


@pytest.mark.parametrize("below", ["", "x"])
def test_a_data_folder_that_cannot_be_written_is_one_sentence(
    below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    (tmp_path / "file").touch()
    data = tmp_path / "file" / below
    assert "cannot be written" in _fails(["run", "--data-dir", str(data)], capsys)


def test_the_gaze_benchmark_prints_its_figures_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_stills(clicks(3), tmp_path / "someone.npz")
    command = ["gaze-benchmark", str(tmp_path / "someone.npz"), "--json"]
    assert main([*command, "--calibration-sessions", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    person = found["participants"]["someone"]
    assert person["n"] == 3 * 2 * 16
    assert person["ci95_px"][0] < person["mean_px"] < person["ci95_px"][1]
    assert person["median_px"] < person["p90_px"]
    assert found["mean_over_participants_px"] == person["mean_px"]
    assert found["cpu_ms_per_frame"] > 0


def test_the_gaze_benchmark_says_who_cannot_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_stills(clicks(3, 1), tmp_path / "someone.npz")
    assert main(["gaze-benchmark", str(tmp_path / "someone.npz"), "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["mean_over_participants_px"] is None
    assert "someone: nothing could be judged" in printed.err
    assert "cannot be read" in _fails(["gaze-benchmark", str(tmp_path / "none.npz")], capsys)
    with pytest.raises(SystemExit) as stop:
        main(["gaze-benchmark", "any.npz", "--calibration-sessions", "0"])
    assert stop.value.code == 2


def test_regaze_of_a_session_without_gaze_is_one_sentence(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No measurements of the eyes were kept" in _fails(["regaze", str(session)], capsys)


def test_the_gaze_benchmark_prints_names_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_stills(clicks(3), tmp_path / "[red]x.npz")
    assert main(["gaze-benchmark", str(tmp_path / "[red]x.npz")]) == 0
    assert "[red]x" in capsys.readouterr().out


def test_the_gaze_benchmark_says_how_many_sessions_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_stills(clicks(3), tmp_path / "someone.npz")
    command = ["gaze-benchmark", str(tmp_path / "someone.npz"), "--calibration-sessions", "9"]
    assert main(command) == 1
    assert "10 sessions of one window size are needed, 4 found" in capsys.readouterr().err


@pytest.fixture
def calibrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Sequence[Entry]], None]:
    """Closes the window that `calibrate` opens at once, having recorded these entries."""

    def close_with(entries: Sequence[Entry]) -> None:
        monkeypatch.setattr(cli, "_open_window", lambda *_args, **_options: tmp_path)
        monkeypatch.setattr(reading, "read_entries", lambda _: entries)

    return close_with


def test_calibrate_tells_people_each_attempt_in_a_line_and_programs_every_figure(
    calibrated: Callable[[Sequence[Entry]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    calibrated(build_session(Script(turns=1)))
    assert main(["calibrate"]) == 0
    _, is_calibrated, *attempts = capsys.readouterr().out.splitlines()
    assert is_calibrated == "is_calibrated: True"
    assert [line.split(":")[0] for line in attempts] == ["attempt 1", "attempt 2"]
    assert "Not accepted" in attempts[0]
    assert "Accepted, by the" in attempts[1]
    assert main(["calibrate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["attempts"]
    assert [attempt["is_accepted"] for attempt in found] == [False, True]
    assert {"use", "x_px", "valid_samples"} <= set(found[1]["targets"][0])


def test_calibrate_says_by_its_exit_code_that_nothing_was_accepted(
    calibrated: Callable[[Sequence[Entry]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    entries = build_session(Script(turns=1))
    calibrated(with_changes(entries, CalibrationResult, is_accepted=False))
    assert main(["calibrate"]) == 1
    assert "is_calibrated: False" in capsys.readouterr().out
