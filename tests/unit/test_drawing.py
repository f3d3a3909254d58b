"""Views drawn as text: nothing too wide, nothing lost, colour or not."""

from __future__ import annotations

import itertools
import json
import math
import re
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltutor import i18n
from dltutor.drawing import depth_of_terminal, describe, draw
from dltutor.drawing.numbers import figure, figures, labels, ticks
from dltutor.text import width
from dltutor.views import (
    Chart,
    Heatmap,
    Note,
    Picture,
    Series,
    Table,
    View,
    from_json,
    to_json,
)

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> object:
    monkeypatch.setenv("DLTUTOR_HOME", str(tmp_path))
    i18n.use("en")
    yield
    i18n.use("")


def plain(text: str) -> str:
    return ESCAPES.sub("", text)


floats = st.floats(allow_nan=True, allow_infinity=True, width=32)
words = st.text(st.sampled_from("ab 中文，é\x1b[m\t"), max_size=12)
series = st.builds(Series, words, st.lists(floats, max_size=40), names=st.lists(words, max_size=9))
charts = st.builds(
    Chart,
    series=st.lists(series, max_size=4),
    kind=st.sampled_from(["line", "scatter", "bar"]),
    title=words,
    x_label=words,
    y_label=words,
    categories=st.lists(words, max_size=6),
    log_y=st.booleans(),
)
heatmaps = st.builds(
    Heatmap,
    values=st.integers(0, 12).flatmap(
        lambda n: st.lists(st.lists(floats, min_size=n, max_size=n), max_size=12)
    ),
    rows=st.lists(words, max_size=12),
    columns=st.lists(words, max_size=12),
    title=words,
    x_label=words,
)
tables = st.builds(
    Table,
    columns=st.lists(words, max_size=5),
    rows=st.lists(st.lists(words | floats | st.integers(), max_size=5), max_size=20),
    title=words,
)
pictures = st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3])).map(
    lambda s: Picture(
        width=s[0], height=s[1], pixels=bytes(range(256)) * 19 and bytes(s[0] * s[1] * s[2])
    )
)
views: st.SearchStrategy[View] = charts | heatmaps | tables | pictures | st.builds(Note, words)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    view=views,
    columns=st.integers(8, 130),
    rows=st.integers(2, 50),
    depth=st.sampled_from([0, 4, 8, 24]),
)
def test_any_view_fits_and_carries_no_foreign_escape(
    view: View, columns: int, rows: int, depth: int
) -> None:
    text = draw(view, columns, rows, colour=depth > 0, depth=depth)
    lines = plain(text).split("\n")
    assert len(lines) <= rows
    assert all(width(line) <= columns for line in lines), lines
    assert "\x1b" not in plain(text)
    if not depth:
        assert "\x1b" not in text
    assert "\x1b" not in describe(view)


def test_a_line_chart_shows_title_legend_axis_and_both_series() -> None:
    view = Chart(
        series=[Series("train", [3, 2, 1]), Series({"en": "test", "zh": "测试"}, [3, 2.5, 2])],
        title="Loss",
        x_label="epoch",
        y_label="nats",
    )
    text = draw(view, 60, 14, colour=False)
    for part in ("Loss", "train", "test", "epoch", "nats", "+"):
        assert part in text
    coloured = draw(view, 60, 14, colour=True, depth=8)
    assert "\x1b[38;5;33m" in coloured
    assert "\x1b[38;5;166m" in coloured


def test_a_long_series_keeps_its_peak() -> None:
    ys = [0.0] * 100_000
    ys[61_803] = 1.0
    top = draw(Chart(series=[Series("", ys)]), 60, 12, colour=False).split("\n")[0]
    column = next(i for i, c in enumerate(top) if "⠀" < c <= "⣿")
    assert abs(column / 60 - 0.618) < 0.08


def dots(view: Chart, columns: int, rows: int) -> set[tuple[int, int]]:
    """The Braille dots inside the axes, by column from the left and row from below."""
    lines = [r for r in draw(view, columns, rows, colour=False).split("\n") if set(r) & set("│┤")]
    left = max(max(row.find("│"), row.find("┤")) for row in lines) + 1
    found = set()
    for up, row in enumerate(reversed(lines)):
        for column, sign in enumerate(row[left:]):
            if "\u2800" <= sign <= "\u28ff":
                bits = ord(sign) - 0x2800
                # the code's bits: three dots down on the left, three on the right, the last row
                for bit, (x, y) in enumerate(
                    [(0, 3), (0, 2), (0, 1), (1, 3), (1, 2), (1, 1), (0, 0), (1, 0)]
                ):
                    if bits >> bit & 1:
                        found.add((2 * column + x, 4 * up + y))
    return found


def test_points_are_dots_at_their_places() -> None:
    view = Chart(
        series=[Series("", [0.0, 1.0, 0.5, 0.25], [0.0, 1.0, 0.5, 0.0])],
        kind="scatter",
        x_limits=(0, 1),
        y_limits=(0, 1),
    )
    # 36 columns by 8 rows inside: dots 0 to 71 and 0 to 31
    assert dots(view, 40, 10) == {(0, 0), (71, 31), (36, 16), (0, 8)}


@settings(max_examples=80, deadline=None)
@given(points=st.lists(st.tuples(st.integers(0, 71), st.integers(0, 31)), min_size=2, max_size=12))
def test_a_line_passes_through_its_points_straight_and_unbroken(
    points: list[tuple[int, int]],
) -> None:
    """In any order of x: a curve may run back, as a circle does."""
    xs, ys = [float(x) / 71 for x, _ in points], [float(y) / 31 for _, y in points]
    view = Chart(series=[Series("", ys, xs)], x_limits=(0, 1), y_limits=(0, 1))
    drawn = dots(view, 40, 10)
    assert set(points) <= drawn
    near = set()
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        many = max(abs(x1 - x0), abs(y1 - y0), 1) * 4
        for n in range(many + 1):
            x, y = x0 + (x1 - x0) * n / many, y0 + (y1 - y0) * n / many
            beside = {(math.floor(x) + i, math.floor(y) + j) for i in (0, 1) for j in (0, 1)}
            assert beside & drawn, "a gap"
            near |= {p for p in beside if abs(p[0] - x) <= 0.76 and abs(p[1] - y) <= 0.76}
    assert drawn <= near, "a dot beside the line"


def test_names_stand_beside_their_points() -> None:
    names = ["东京", "巴黎", "Rome", "not there", "é" * 30]
    points = Series("", [0.0, 1.0, 0.5, math.nan, 0.2], [0.0, 1.0, 0.5, 0.5, 0.4], names)
    view = Chart(series=[points], kind="scatter", title="Towns")
    text = draw(view, 60, 16, colour=True, depth=24)
    lines = plain(text).split("\n")
    assert any(line.endswith("巴黎 •") for line in lines), "left of a point at the right edge"
    assert any("│• 东京" in line or "┤• 东京" in line for line in lines)
    assert any("• Rome" in line for line in lines)
    assert any("• " + "é" * 17 + "…" in line for line in lines), "a third of the width at most"
    assert "not there" not in text
    assert all(width(line) <= 60 for line in lines)
    said = describe(view)
    assert "东京 (0, 0)" in said
    assert "巴黎 (1, 1)" in said
    assert from_json(json.loads(json.dumps(to_json(view)))).series[0].names == names  # type: ignore[union-attr]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=30))
def test_names_cover_neither_points_nor_one_another(spots: list[tuple[int, int]]) -> None:
    names = [f"字{n}" for n in range(len(spots))]
    xs, ys = [float(x) for x, _ in spots], [float(y) for _, y in spots]
    view = Chart(
        series=[Series("", ys, xs, names)], kind="scatter", x_limits=(0, 12), y_limits=(0, 6)
    )
    text = draw(view, 40, 12, colour=True, depth=24)
    shown = plain(text)
    assert shown.count("•") == len(set(spots))
    assert all(width(line) <= 40 for line in shown.split("\n"))
    found = re.findall(r"字\d+", shown)
    assert len(found) == len(set(found))
    assert set(found) <= set(names)
    assert found, "there is room for one at least"


def test_one_point_no_point_and_nan() -> None:
    assert "•" in draw(Chart(series=[Series("", [0.5])]), 40, 8, colour=False)
    assert draw(Chart(series=[Series("", [])]), 40, 8, colour=False) == "no values yet"
    assert "no values yet" in draw(Chart(series=[Series("", [math.nan])]), 40, 8, colour=False)


def test_bars_have_names_and_numbers_in_line() -> None:
    view = Chart(
        kind="bar", series=[Series("p", [0.125, 1, 0.5])], categories=["零", "one", "二二"]
    )
    lines = draw(view, 40, 10, colour=False).split("\n")
    assert [width(line) for line in lines] == [40, 40, 40]
    assert [line.split()[-1] for line in lines] == ["0.125", "1.000", "0.500"]
    assert lines[1].count("█") > lines[2].count("█") > lines[0].count("█") > 0
    assert len({width(line[: line.index("│")]) for line in lines}) == 1


def test_negative_bars_go_to_the_left() -> None:
    view = Chart(kind="bar", series=[Series("", [-1, 1])], categories=["a", "b"])
    first, second = draw(view, 43, 10, colour=False).split("\n")
    assert first.rindex("█") < second.index("█")


def test_many_bars_stand() -> None:
    view = Chart(kind="bar", series=[Series("", list(range(60)))])
    text = draw(view, 50, 12, colour=False)
    rows = text.split("\n")
    assert rows[0].count("█") < rows[8].count("█")


def test_a_picture_keeps_its_shape_and_its_edges() -> None:
    half = Picture(width=40, height=20, pixels=(b"\x00" * 20 + b"\xff" * 20) * 20, caption="半")
    lines = draw(half, 60, 30, colour=False).split("\n")
    assert lines[-1] == "半"
    assert len(lines) == 11  # 20 square pixels are 10 lines
    assert all(line == " " * 20 + "@" * 20 for line in lines[:-1])
    coloured = draw(half, 80, 30, colour=True, depth=24)
    assert "\x1b[48;2;255;255;255m" in coloured
    assert "48;5;231" in draw(half, 80, 30, colour=True, depth=8)
    small = draw(half, 10, 30, colour=False).split("\n")
    assert small[0] == "     @@@@@"


def test_a_small_picture_grows_by_whole_factors() -> None:
    board = Picture(width=2, height=2, pixels=b"\x00\xff\xff\x00")
    lines = draw(board, 9, 4, colour=False).split("\n")
    assert lines == ["    @@@@", "    @@@@", "@@@@", "@@@@"]


def test_a_matrix_shows_numbers_where_there_is_room_and_shades_where_not() -> None:
    values = [[i * 10 + j for j in range(10)] for i in range(10)]
    view = Heatmap(values=values, rows=list("abcdefghij"), columns=list("0123456789"))
    assert "99" in draw(view, 60, 15, colour=False)
    dense = draw(view, 16, 15, colour=False)
    assert "99" not in dense.split("\n")[-2]
    assert "█" in dense
    assert "\x1b[38;2;" in draw(view, 60, 15, colour=True, depth=24)


def test_a_table_lines_up_and_is_shortened() -> None:
    view = Table(
        columns=["layer", {"en": "shape", "zh": "形状"}, "parameters"],
        rows=[["线性层", "784 → 312", 244920], ["out", "x" * 80, 0.25]],
    )
    lines = draw(view, 40, 10, colour=False).split("\n")
    assert lines[2].endswith("244,920.00")
    assert lines[3].endswith("0.25")
    assert width(lines[2]) == width(lines[3]) <= 40
    assert "…" in lines[3]
    long = Table(columns=["n"], rows=[[i] for i in range(50)])
    assert draw(long, 40, 10, colour=False).split("\n")[-1] == "… and 43 more"


def test_texts_follow_the_language() -> None:
    view = Chart(series=[Series("", [1, 2])], title={"en": "Loss", "zh": "损失"})
    i18n.use("zh")
    assert "损失" in draw(view, 40, 8, colour=False)
    assert "折线图：损失" in describe(view).replace(": ", "：")


def test_descriptions_say_what_is_seen() -> None:
    text = describe(Chart(series=[Series("loss", [2.0, 1.5, 0.25])], title="T", x_label="step"))
    assert "first 2, last 0.25, lowest 0.25, highest 2" in text
    assert "across: step" in text
    text = describe(Heatmap(values=[[1, 9], [3, 4]], rows=["a", "b"], columns=["c", "d"]))
    assert text.split("\n")[2].strip() == "row a, column d: 9"
    assert describe(Table(columns=["x"], rows=[[1200]])) == "x 1,200"
    assert describe(Picture(width=2, height=2, pixels=b"\x00\xff\x00\xff")).count("@") >= 1
    assert describe(Note("a\x1b[31mb")) == "ab"


def test_plotext_is_shared_safely_between_threads() -> None:
    def chart(n: int) -> str:
        return draw(Chart(series=[Series("", [n, n + 1, n])]), 40, 10, colour=False)

    expected = [chart(n) for n in range(8)]
    found: dict[int, str] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: chart(n)})) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(8)] == expected


def test_numbers_read_well() -> None:
    assert [figure(v) for v in (0, 0.5, 12345, 1e-7, 3.14159, math.inf)] == [
        "0", "0.5", "12,345", "1.00e-07", "3.142", "∞",
    ]  # fmt: skip
    assert figures([1, 0.25]) == ["1.00", "0.25"]
    assert labels(ticks(0, 1, 4)) == ["0.0", "0.5", "1.0"]
    assert labels(ticks(0, 10, 5, whole=True)) == ["0", "2", "4", "6", "8", "10"]


def test_depth_follows_the_terminal() -> None:
    assert depth_of_terminal({"COLORTERM": "truecolor"}) == 24
    assert depth_of_terminal({"TERM": "xterm-256color"}) == 8
    assert depth_of_terminal({"TERM": "linux"}) == 4
