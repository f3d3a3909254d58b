"""A run's screen: values read off the curves, comparing, pausing; long runs; the download offer; notes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths, registry
from dltutor.chapter import Dataset, RemoteFile
from dltutor.learning.progress import Progress
from dltutor.runs import follow, launch
from dltutor.runs.folder import RunFolder, list_runs, newest
from dltutor.tui.fetch import Fetch, offered
from dltutor.tui.follower import Follower
from dltutor.tui.screens.chapter import ChapterPage
from dltutor.tui.screens.lesson import LessonPage
from dltutor.tui.screens.run import RunPage
from dltutor.tui.screens.runs import Runs
from dltutor.tui.screens.train import TrainForm

# -- the curves ---------------------------------------------------------------------------------


async def test_values_are_read_off_by_keys(start: Any, a_run: RunFolder) -> None:
    async with start(page=lambda _: RunPage(a_run)) as screen:
        await screen.until("finished")
        page = screen.app.screen
        await screen.until(lambda: page.sight.plot is not None)
        await screen.press("right")
        await screen.until("step 100")  # the first measurement of accuracy
        assert "val_accuracy 0.72" in screen.text
        await screen.press("left")
        assert "val_accuracy 0.72" not in screen.text
        await screen.press("left")
        await screen.until("step 400")
        await screen.press("right")
        assert page.column is None


async def test_values_are_read_off_by_the_mouse(start: Any, a_run: RunFolder) -> None:
    async with start(page=lambda _: RunPage(a_run)) as screen:
        page = screen.app.screen
        await screen.until(lambda: page.sight.plot is not None)
        await screen.press("m")
        await screen.until("loss")
        await screen.until(lambda: len(page.sight.plot.series[0][2]) == 400)
        region = page.query_one("#curves").content_region
        plot = page.sight.plot
        middle = (plot.left + plot.right) // 2
        await screen.pilot.hover(offset=(region.x + middle, region.y + 4))
        label, _, step, value = plot.values_at(middle)[0]
        assert label == "loss"
        assert abs(step - 200) < 10
        await screen.until(f"step {step}")
        written = [e for e in a_run.events()[0] if e["event"] == "progress" and e["step"] == step]
        assert value == written[0]["values"]["loss"]
        assert "┊" in screen.text
        await screen.pilot.hover(offset=(region.x + middle, page.size.height - 1))
        assert "┊" not in screen.text


async def test_a_configuration_is_whole(start: Any, a_run: RunFolder) -> None:
    """The folder of a run is longer than the panel is wide."""
    async with start(page=lambda _: RunPage(a_run)) as screen:
        await screen.until("finished")
        await screen.press("k", "end")
        await screen.until("made")
        panel = re.findall(r"│(.{70})│", screen.text)
        assert str(a_run.path) in "".join(row.strip(" ▁▂▃▄▅▆▇") for row in panel)


async def test_two_runs_on_one_chart(start: Any, a_run: RunFolder, recorded: Any) -> None:
    recorded(steps=200, ending="vanished", number=2)
    async with start((120, 40), page=lambda _: RunPage(a_run)) as screen:
        page = screen.app.screen
        await screen.until(lambda: page.sight.plot is not None)
        await screen.press("c")
        await screen.until("3-0002")
        await screen.press("enter")
        await screen.until("3-0002 val_accuracy")
        assert "3-0001 val_accuracy" in screen.text
        await screen.press("right")
        await screen.until("step 100")
        assert len(page.sight.plot.values_at(page.column)) == 2


async def test_figures_name_device_memory_and_where_the_time_goes(
    start: Any, a_run: RunFolder
) -> None:
    async with start((120, 40), page=lambda _: RunPage(a_run)) as screen:
        await screen.until("412 MB")
        for words in ("device", "cpu", "time: data", "6%", "time: backward", "50%"):
            assert words in screen.text


# -- pausing ------------------------------------------------------------------------------------


def test_a_run_is_paused_and_goes_on(dltutor: Any) -> None:
    pytest.importorskip("torch")
    name = dltutor("run", "chapter3", "--data", "builtin", "--set", "epochs=1000", "--detach").out
    run = launch.folder.find_run(name.strip())
    try:
        for event in follow.follow(run):
            if event is not None and event["event"] == "progress":
                break
        assert "is paused" in dltutor("runs", "pause", run.id).out
        assert run.state() == "paused"
        assert "paused" in dltutor("runs", "list").out
        reached = run.events()[0][-1]["step"]
        assert dltutor("run", "--resume", run.id, "--detach").code == 0
        for event in follow.follow(run, after=run.events()[1]):
            if event is not None and event["event"] == "progress":
                assert event["step"] > reached
                break
        assert run.state() == "running"
    finally:
        launch.kill(run)


async def test_pause_and_resume_are_keys_of_the_runs_list(
    start: Any, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded(steps=100, ending="vanished")
    (run.path / "result.json").write_text(json.dumps({"event": "stopped"}), encoding="utf-8")
    run.pause_file.touch()

    def no_process(*_: object, **__: object) -> None:
        raise OSError("no process can be started")

    monkeypatch.setattr(launch, "spawn", no_process)
    async with start(page=lambda _: Runs()) as screen:
        await screen.until("paused")
        await screen.press("p")
        await screen.until("is not running (paused)")
        await screen.press("u")
        await screen.until("no process can be started")
        assert not run.pause_file.exists()


# -- long runs, many runs -----------------------------------------------------------------------


def lengthened(run: RunFolder, to: int) -> None:
    """Repeats the progress of the run, with growing steps, until the file has so many bytes."""
    lines, step = [], 400
    text = run.events_file.read_text(encoding="utf-8")
    template = next(json.loads(x) for x in text.split("\n") if '"progress"' in x)
    size = len(text)
    while size < to:
        step += 1
        template.update(step=step, values={"loss": 1 / step, "lr": 0.001})
        lines.append(json.dumps(template) + "\n")
        if step % 500 == 0:
            lines.append(
                json.dumps({"event": "metrics", "step": step, "values": {"val_loss": 1 / step}})
                + "\n"
            )
        size += len(lines[-1])
    with run.events_file.open("a", encoding="utf-8") as file:
        file.writelines(lines)


def test_of_a_long_run_every_measurement_and_enough_of_the_rest_is_read(recorded: Any) -> None:
    run = recorded(ending="vanished")
    lengthened(run, 2 * follow.LONG)
    events = run.events()[0]
    whole = follow.Summary()
    for event in events:
        whole.add(event)
    found = follow.summarise(run)
    assert follow.thinning(follow.length(run)) > 1
    assert found.curves["val_loss"] == whole.curves["val_loss"]
    assert (found.step, found.steps, found.latest) == (whole.step, whole.steps, whole.latest)
    assert found.log == whole.log
    assert 1000 < len(found.curves["loss"].steps) <= follow.MAX_POINTS
    assert whole.step - found.curves["loss"].steps[-1] < 100
    drawn = follow.sketch(run)
    assert (drawn.step, drawn.latest["loss"]) == (whole.step, whole.latest["loss"])
    steps = drawn.curves["loss"].steps
    assert len(steps) > 150
    assert steps == sorted(steps)
    assert steps[-1] == whole.step


def test_a_long_run_is_shown_at_once_and_then_whole(recorded: Any) -> None:
    run = recorded(ending="vanished")
    lengthened(run, 2 * follow.LONG)
    follower = Follower(run)
    follower.ask(columns=60, rows=14, log_columns=60)
    first = follower.look()
    assert follower.behind
    assert first is not None
    assert first.chart
    looks = 0
    while follower.behind:
        assert looks < 1000
        looks += 1
        last = follower.look()
    assert last is not None
    assert len(follower.summary.curves["val_loss"].steps) > len(
        follow.sketch(run).curves["val_loss"].steps
    )


def test_a_run_that_went_back_is_sketched_without_what_is_void(recorded: Any) -> None:
    run = recorded(ending="vanished")
    lengthened(run, 200_000)
    back = {
        "event": "progress",
        "time": "",
        "seconds": 1,
        "step": 50,
        "epoch": 0,
        "values": {"loss": 9.0},
    }
    with run.events_file.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**back, "event": "resumed", "checkpoint": "00000050"}) + "\n")
        file.write(json.dumps(back) + "\n")
    found = follow.sketch(run)
    assert found.curves["loss"].steps[-1] == 50
    assert found.step == 50


def test_an_event_longer_than_a_block_is_read_whole(recorded: Any) -> None:
    run = recorded(steps=3, ending="vanished")
    whole = run.events()[0]
    found, place = [], 0
    while True:
        events, following = run.events(place, 64)
        if following == place:
            break
        found, place = found + events, following
    assert found == whole


def test_runs_are_read_newest_first_and_a_damaged_one_is_passed_over(recorded: Any) -> None:
    import os

    for number in (1, 2, 3):
        os.utime(recorded(steps=1, number=number).path, (number, number))
    damaged = recorded(steps=1, number=4)
    (damaged.path / "run.json").write_text("{", encoding="utf-8")
    assert [r.id for r in newest()] == ["3-0003", "3-0002", "3-0001"]
    assert [r.id for r in list_runs("chapter3")] == ["3-0001", "3-0002", "3-0003"]
    assert list(newest("chapter9")) == []


def test_a_changed_specification_is_read_again(a_run: RunFolder) -> None:
    assert a_run.spec.micro_batches == 1
    launch.with_micro_batches(a_run, 4)
    assert a_run.spec.micro_batches == 4


# -- the download offer -------------------------------------------------------------------------


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Dataset]:
    """A small data set that a server on this machine offers."""
    offered = tmp_path / "offered"
    offered.mkdir()
    content = bytes(range(256)) * 1000
    (offered / "small.bin").write_bytes(content)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(offered))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        file = RemoteFile(
            name="small.bin", urls=(f"http://127.0.0.1:{http.server_port}/small.bin",),
            sha256=hashlib.sha256(content).hexdigest(), bytes=len(content),
        )  # fmt: skip
        yield Dataset(
            name="small", title={"en": "A small set", "zh": "小数据集"}, folder="small",
            files=(file,), marks=(("small.bin",),), licence="CC0", source="https://example.org",
        )  # fmt: skip
        http.shutdown()


def test_what_is_not_there_is_offered_and_fetched(remote: Dataset) -> None:
    pytest.importorskip("pooch")
    told: list[int] = []
    offer = offered(remote, lambda: told.append(1))
    assert isinstance(offer, Fetch)
    text = "\n".join("".join(s.text for s in line) for line in offer.lines(70))
    assert "A small set: 256 kB to download, into" in text
    assert offer.work()
    assert told
    assert (paths.downloads_folder() / "small/small.bin").stat().st_size == 256_000
    assert offered(remote, lambda: None) is None


def test_a_cancelled_download_leaves_nothing_that_looks_whole(remote: Dataset) -> None:
    pytest.importorskip("pooch")
    offer = Fetch(remote, lambda: offer.cancel())
    assert not offer.work()
    assert not offer.working
    assert not (paths.downloads_folder() / "small/small.bin").exists()
    offer = Fetch(remote, lambda: None)
    assert offer.work()  # and it can be taken up again


async def test_the_train_form_offers_the_full_data(
    start: Any, remote: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pooch")
    chapter = registry.find("chapter3")

    def form(_: Any) -> TrainForm:
        page = TrainForm(chapter)
        page.training = _with(page.training, remote)
        return page

    async with start((120, 40), page=form) as screen:
        await screen.until("A small set: 256 kB to download")
        assert "f fetch the data" in screen.keys
        await screen.press("f")
        await screen.until("The data are here.")
        await screen.until("Data: A small set")
        await screen.until(lambda: "fetch the data" not in screen.keys)


def _with(training: Any, full: Dataset) -> Any:
    from dataclasses import replace

    return replace(training, full=full)


# -- notes --------------------------------------------------------------------------------------


def keep_notes() -> None:
    with Progress.open() as progress:
        progress.add_note("sample", "sums", 0.9, "why the *sign*?")
        progress.add_note("sample", "bars", 0.0)


def test_notes_are_printed_as_markdown(dltutor: Any, tmp_path: Path) -> None:
    keep_notes()
    out = dltutor("progress", "notes").out
    assert out.startswith("# Bookmarks and notes\n\n## Waves and their sums\n")
    assert "### Two waves, one sum" in out
    assert "- why the *sign*? (" in out
    assert "- bookmark (0%" in out
    done = dltutor("progress", "notes", "sample", "--to", tmp_path / "notes.md")
    assert "2 notes are in" in done.out
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == out


async def test_notes_are_written_by_a_key(start: Any) -> None:
    keep_notes()
    async with start((120, 40), page=lambda _: ChapterPage(registry.find("sample"))) as screen:
        await screen.until("w writes them to a file")
        await screen.press("w")
        await screen.until("2 notes are in")
    text = paths.progress_file().with_name("notes-sample.md").read_text(encoding="utf-8")
    assert "why the *sign*?" in text


# -- keys that come early -----------------------------------------------------------------------


async def test_keys_typed_ahead_wait_for_the_screen(start: Any) -> None:
    from textual import events

    async with start() as screen:
        await screen.until("Waves and their sums")
        screen.app.post_message(events.Key("c", "c"))
        while not isinstance(screen.app.screen, LessonPage):
            await asyncio.sleep(0)
        # the outline of a lesson that is still being made
        screen.app.post_message(events.Key("o", "o"))
        await screen.until(lambda: isinstance(screen.app.screen_stack[-2], LessonPage))
        await screen.until("A first example")


async def test_the_palette_may_be_paged_before_it_is_laid_out(start: Any) -> None:
    from textual import events

    async with start() as screen:
        for key in ("ctrl+p", "pageup", "pagedown", "d", "pagedown", "pageup"):
            screen.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await screen.until("Doctor")
        await screen.press("escape")
        assert screen.app.is_running
