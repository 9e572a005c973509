"""The command line: one short function per command.

Data goes to standard output, talk to standard error. Exit codes: 0 fine, 1 the world failed (one
sentence), 2 wrong usage. Heavy imports stay inside the commands that need them.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_app import __version__
from tracker_app.errors import TrackerError
from tracker_app.settings import Settings, load_settings

if TYPE_CHECKING:
    from tracker_app.capture.machine_check import MachineCheck
    from tracker_app.study.study import Study

Arguments = argparse.Namespace
ANYBODY = "1"
PERSON = "7, 7:glasses,moves (or dark, leaves, company) or recorded:FILE.npz"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # Before numpy loads: our matrices are small, and its threads would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = _parser().parse_args(argv)
    command: Callable[[Arguments], int] = arguments.command
    try:
        return command(arguments)
    except TrackerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: Arguments) -> int:
    _open_window(arguments)
    return 0


def _calibrate(arguments: Arguments) -> int:
    folder = _open_window(arguments, only_calibrates=True)
    if arguments.operator:
        return 0
    if folder is None:
        raise TrackerError("Nothing was agreed to, so that nothing was calibrated.")
    import msgspec

    from tracker_app.dataset.calibrations import attempt_rows, attempts_of
    from tracker_app.recording.reading import read_entries

    entries = read_entries(folder)
    attempts = attempts_of(entries)
    is_calibrated = any(attempt.result.is_accepted for attempt in attempts)
    found: dict[str, Any] = {"session_path": str(folder), "is_calibrated": is_calibrated}
    if arguments.json:
        found["attempts"] = [
            {**msgspec.to_builtins(a.result), "targets": msgspec.to_builtins(a.targets)}
            for a in attempts
        ]
    _tell(arguments, found)
    if not arguments.json:
        for row in attempt_rows(entries):
            print(f"attempt {row.number}: {row.accuracy}; {row.points}. {row.verdict}.")
    return 0 if is_calibrated else 1


def _open_window(arguments: Arguments, *, only_calibrates: bool = False) -> Path | None:
    """Open the participant's window, or the operator's; the folder of the participant's session."""
    settings = _settings(arguments)
    study = _study(arguments)
    person = _person(arguments.simulate)
    from tracker_app.capture.display import require_display
    from tracker_app.clock import SystemClock
    from tracker_app.diagnostics import start_diagnostics

    require_display()
    from tracker_app.recording.folders import one_instance
    from tracker_app.ui.app import run_app, run_operator
    from tracker_app.ui.application import RunOptions

    options = RunOptions(
        person,
        announce_to=arguments.announce,
        code=arguments.participant or "",
        only_calibrates=only_calibrates,
    )
    with one_instance(settings.data_dir):
        start_diagnostics(settings.data_dir / "diagnostics")
        if arguments.operator:
            run_operator(study, settings, SystemClock(), options)
            return None
        return run_app(study, settings, SystemClock(), options)


def _person(text: str | None) -> Any:
    if text is None:
        return None
    from tracker_app.simulation.cast import read_person

    return read_person(text)


def _demo(arguments: Arguments) -> int:
    from tracker_app.demo.demo import DemoOptions, run_demo

    options = DemoOptions(
        out=arguments.out,
        camera=arguments.camera,
        is_headless=arguments.headless,
        turns=arguments.turns,
        study=arguments.study,
        person=arguments.person,
        scale=arguments.scale,
    )
    result = run_demo(options, _say)
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        for name in ("session_path", "export_path", "report_path"):
            print(result[name])
    return 0


def _check(arguments: Arguments) -> int:
    if arguments.study is not None:
        return _check_study(arguments)
    from tracker_app.capture.machine import check_machine

    checks = check_machine(_settings(arguments))
    if arguments.json:
        found = {
            c.name: {"is_ok": c.is_ok, "status": c.status, "detail": c.detail, **c.figures}
            for c in checks
        }
        print(json.dumps(found, indent=2, allow_nan=False))
    else:
        _print_checks(checks)
    return 0 if all(c.is_ok for c in checks) else 1


def _check_study(arguments: Arguments) -> int:
    from tracker_app.study.reading import examine, read_bytes
    from tracker_app.study.verdict import verdict, verdict_lines

    examined = examine(read_bytes(arguments.study), arguments.study.parent)
    if arguments.json:
        print(json.dumps(verdict(examined), indent=2, ensure_ascii=False))
    else:
        print("\n".join(verdict_lines(examined, str(arguments.study))))
    return 1 if examined.mistakes else 0


def _init_study(arguments: Arguments) -> int:
    from tracker_app.study.example import write_example

    path = write_example(arguments.folder, arguments.mode)
    print(path)
    _say(f"Change it to your needs, then: tracker-app check {path}")
    return 0


def _print_checks(checks: Sequence["MachineCheck"]) -> None:
    width = max(len(check.title) for check in checks)
    for check in checks:
        mark = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}[check.status]
        print(f"{mark}  {check.title:<{width}}  {check.detail}")
        for line in check.lines:
            print(f"{'':<{width + 8}}{line}")


def _list_monitors(arguments: Arguments) -> int:
    del arguments
    from tracker_app.ui.monitors_now import print_monitors

    print_monitors()
    return 0


def _serve(arguments: Arguments) -> int:
    from tracker_app.server.run import ServerOptions, serve

    options = ServerOptions(
        data=arguments.data,
        host=arguments.host,
        port=arguments.port,
        code=arguments.code,
        certificate=arguments.certificate,
        key=arguments.key,
        models=arguments.models,
    )
    serve(options, lambda ready: print(ready, flush=True))
    return 0


def _serve_model(arguments: Arguments) -> int:
    from tracker_app.chat.embedded import serve_model

    serve_model(arguments.weights)
    return 0


def _watch_mouse(arguments: Arguments) -> int:
    from tracker_app.capture.mouse_watch import watch_mouse

    watch_mouse(arguments.parent)
    return 0


def _verify(arguments: Arguments) -> int:
    from tracker_app.recording.folders import find_session
    from tracker_app.recording.reading import verify

    found = verify(find_session(_settings(arguments).data_dir, arguments.session))
    _tell(
        arguments,
        {
            "session_id": found.session_id,
            "is_complete": found.is_complete,
            "is_finished": found.is_finished,
            "records": found.records,
            "damaged": found.damaged,
            "missing": found.missing,
        },
    )
    return 0 if not found.damaged and not found.missing else 1


def _export(arguments: Arguments) -> int:
    from tracker_app.dataset.export import export_parquet

    folder = export_parquet(
        _entries(arguments),
        arguments.out,
        has_questionnaire=arguments.with_questionnaire,
        generations=_generations(arguments),
    )
    print(folder)
    return 0


def _report(arguments: Arguments) -> int:
    from tracker_app.dataset.report import write_report

    print(write_report(_entries(arguments), arguments.out))
    return 0


def _gaze_benchmark(arguments: Arguments) -> int:
    from rich.console import Console
    from rich.progress import track

    from tracker_app.gaze.benchmark import judge, left_out, summary
    from tracker_app.gaze.estimator import gaze_prior
    from tracker_app.gaze.model_file import find_face_model
    from tracker_app.gaze.stills import read_manifest

    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    manifest = read_manifest(
        arguments.manifest,
        find_face_model(_settings(arguments).face_model),
        lambda frames: track(frames, "Reading faces", console=console),
    )
    sessions, prior = arguments.calibration_sessions, gaze_prior()
    judged = {name: judge(looks, sessions, prior) for name, looks in manifest.people.items()}
    people = {name: summary(found) for name, found in judged.items()}
    for name, looks in manifest.people.items():
        for sentence in left_out(looks, judged[name], sessions):
            _say(f"{name}: {sentence}")
    means = [mean for person in people.values() if isinstance(mean := person["mean_px"], float)]
    found = {
        "participants": people,
        "mean_over_participants_px": round(sum(means) / len(means), 1) if means else None,
        "cpu_ms_per_frame": round(manifest.cpu_ms_per_frame, 2),
    }
    if arguments.json:
        print(json.dumps(found, indent=2, allow_nan=False))
    else:
        _print_people(people)
        print(f"mean over participants: {found['mean_over_participants_px']} px")
        print(f"CPU a frame: {found['cpu_ms_per_frame']} ms")
    return 0 if means else 1


def _regaze(arguments: Arguments) -> int:
    from tracker_app.session.regaze import regaze

    entries = _entries(arguments)
    found = regaze(entries)
    if arguments.out is not None:
        from tracker_app.dataset.export import export_gaze

        _say(f"The new gaze is in {export_gaze(found.samples, entries, arguments.out)}.")
    report = found.report()
    if arguments.json:
        print(json.dumps(report, indent=2))
        return 0
    for name, value in report.items():
        if not isinstance(value, list):
            print(f"{name}: {value}")
            continue
        print(f"{name}:")
        for item in value:
            is_table = isinstance(item, dict)
            print("  - " + (", ".join(f"{k} {v}" for k, v in item.items()) if is_table else item))
    return 0


def _print_people(people: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("participant", "frames", "mean px", "95% interval", "median px", "p90 px")
    for name, figures in people.items():
        interval = figures["ci95_px"]
        table.add_row(
            Text(name),  # a name is no markup
            str(figures["n"]),
            str(figures["mean_px"]),
            f"{interval[0]} to {interval[1]}" if interval else "",
            str(figures["median_px"]),
            str(figures["p90_px"]),
        )
    Console().print(table)


def _entries(arguments: Arguments) -> Any:
    if arguments.collected is not None:
        from tracker_app.store.sqlite import find_stored
        from tracker_app.store.sqlite import read_entries as read_stored

        return read_stored(arguments.collected, find_stored(arguments.collected, arguments.session))
    from tracker_app.recording.folders import find_session
    from tracker_app.recording.reading import read_entries

    return read_entries(find_session(_settings(arguments).data_dir, arguments.session))


def _generations(arguments: Arguments) -> Any:
    """What a server asked of models for a session that it collected."""
    if arguments.collected is None:
        return ()
    from tracker_app.store.generations import read_generations
    from tracker_app.store.sqlite import FILE_NAME, find_stored

    session_id = find_stored(arguments.collected, arguments.session)
    return read_generations(arguments.collected / FILE_NAME, session_id)


def _settings(arguments: Arguments) -> Settings:
    """Settings of the machine; what the command line names wins."""
    names = {
        "camera": "CAMERA",
        "data_dir": "DATA_DIR",
        "server": "SERVER_URL",
        "code": "SERVER_CODE",
        "loop_camera": "CAMERA_LOOPS",
    }
    named = {
        f"TRACKER_{variable}": str(value)
        for name, variable in names.items()
        if (value := getattr(arguments, name, None)) not in (None, False)
    }
    return load_settings(arguments.settings, {**os.environ, **named})


def _study(arguments: Arguments) -> "Study":
    from tracker_app.study.reading import load_study, parse_study

    if arguments.study is not None:
        return load_study(arguments.study)
    demo = files("tracker_app.study").joinpath("demo.toml")
    return parse_study(demo.read_bytes(), "demo.toml")


def _tell(arguments: Arguments, found: dict[str, Any]) -> int:
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tracker-app", description="Records how people read answers of language models."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--settings", type=Path, help="settings file (TOML)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = _command(commands, "run", _run, "open a study")
    text = "set up the camera and calibrate a participant, with no study after it"
    calibrate = _command(commands, "calibrate", _calibrate, text)
    for each in (run, calibrate):
        _add_window_arguments(each)
    calibrate.add_argument("--json", action="store_true", help="print one JSON object")

    demo = _command(commands, "demo", _demo, "play the demonstration study")
    demo.add_argument("--headless", action="store_true", help="play it on a virtual display")
    demo.add_argument("--camera", help="device number, video file, URL or 'portrait'")
    demo.add_argument("--out", type=Path, help="where everything goes; default: a new folder")
    demo.add_argument("--study", type=Path, help="another study file")
    demo.add_argument("--person", help=f"whose eyes it has: {PERSON}")
    demo.add_argument("--scale", type=int, default=1, choices=(1, 2), help="of a virtual display")
    demo.add_argument("--turns", type=int, default=2, help="questions the program asks")
    demo.add_argument("--json", action="store_true", help="print one JSON object")

    check = _command(commands, "check", _check, "check a study file, or this machine")
    check.add_argument("study", nargs="?", type=Path, help="study file")
    check.add_argument("--camera", help="camera to check")
    check.add_argument("--json", action="store_true", help="print one JSON object")

    text = "write an example of a study file, to start from"
    init = _command(commands, "init-study", _init_study, text)
    init.add_argument("folder", type=Path, help="where to; it is made if there is none")
    text = "two answers side by side (default), or one"
    init.add_argument("--mode", choices=["pairwise", "single"], default="pairwise", help=text)

    benchmark = _command(
        commands, "gaze-benchmark", _gaze_benchmark, "measure gaze on frames with known targets"
    )
    benchmark.add_argument("manifest", type=Path, help="CSV of pictures, or .npz")
    benchmark.add_argument(
        "--calibration-sessions", type=_positive, default=1, help="sessions to calibrate on"
    )
    benchmark.add_argument("--json", action="store_true", help="print one JSON object")

    serve = _command(commands, "serve", _serve, "collect sessions")
    serve.add_argument("--data", type=Path, required=True, help="folder for the collected data")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8321, help="0 takes any free one")
    serve.add_argument("--code", help="enrolment code; default: a fresh one")
    serve.add_argument("--certificate", type=Path, help="TLS certificate (PEM)")
    serve.add_argument("--key", type=Path, help="TLS key (PEM)")
    serve.add_argument("--models", type=Path, help="models to ask for participants (TOML)")

    # What the application starts for itself; people have no use for it, so it is not listed.
    model = commands.add_parser("serve-model")
    model.set_defaults(command=_serve_model)
    model.add_argument("weights", type=Path)
    monitors = commands.add_parser("list-monitors")
    monitors.set_defaults(command=_list_monitors)
    watch = commands.add_parser("watch-mouse")
    watch.set_defaults(command=_watch_mouse)
    watch.add_argument("--parent", type=int, required=True)

    _add_session_commands(commands)
    return parser


def _add_window_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "study", nargs="?", type=Path, help="study file; without it the demonstration"
    )
    command.add_argument("--participant", type=_code, help="the participant's code")
    command.add_argument(
        "--operator", action="store_true", help="open the window of who runs the study"
    )
    command.add_argument("--camera", help="device number, video file, URL or 'portrait'")
    command.add_argument("--loop-camera", action="store_true", help="begin a video file again")
    command.add_argument("--data-dir", type=Path, help="where sessions are kept")
    command.add_argument("--server", help="address of the collection server")
    command.add_argument("--code", help="enrolment code")
    command.add_argument(
        "--announce", type=Path, help="write each page and its controls to this file"
    )
    command.add_argument(
        "--simulate",
        nargs="?",
        const=ANYBODY,
        metavar="PERSON",
        help=f"a program plays: the eyes of {PERSON} follow the mouse",
    )


def _code(text: str) -> str:
    from tracker_app.study.identity import is_code

    if not is_code(text):
        raise argparse.ArgumentTypeError("must have 1 to 40 letters, digits and hyphens")
    return text


def _add_session_commands(commands: Any) -> None:
    verify = _command(
        commands, "verify", _verify, "say whether a session is complete and undamaged"
    )
    export = _command(commands, "export", _export, "write a session as Parquet")
    report = _command(commands, "report", _report, "write a session's report (HTML)")
    text = "estimate a session's gaze again, by today's estimator"
    again = _command(commands, "regaze", _regaze, text)
    export.add_argument(
        "--with-questionnaire",
        action="store_true",
        help="also what people said about themselves",
    )
    for each in (verify, export, report, again):
        each.add_argument("session", help="folder, id or unique beginning of an id")
        each.add_argument("--data-dir", type=Path, help="where sessions are kept")
    for each in (verify, again):
        each.add_argument("--json", action="store_true", help="print one JSON object")
    for each in (export, report):
        each.add_argument("--out", type=Path, required=True)
    again.add_argument("--out", type=Path, help="write the new gaze to this Parquet file")
    for each in (export, report, again):
        each.add_argument("--collected", type=Path, help="a server's --data folder to read")


def _positive(text: str) -> int:
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1 on")
    return int(text)


def _command(
    commands: Any, name: str, command: Callable[[Arguments], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser
