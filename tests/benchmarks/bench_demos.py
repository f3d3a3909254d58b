"""How long each demo takes to answer a change of each of its controls.

    python tests/benchmarks/bench_demos.py [CHAPTER ...] [--check] [--rounds 3]

The demo is asked through its host, as the screens ask it. The first answer, which may load or
train a model, is given apart. Then every control is moved there and back; the median of its
changes is compared with the 200 ms that a hand on a control does not notice.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

from dltutor import registry
from dltutor.chapter import Parameter
from dltutor.runs.host import Host

LIMIT = 0.2
"""seconds"""


def changes(parameter: Parameter) -> list[str]:
    """Settings that differ from the default, as one move of the control makes them."""
    name, about, default = parameter.name, parameter.about, parameter.default
    if parameter.choices:
        return [f"{name}={choice}" for choice in parameter.choices if choice != default][:4]
    if parameter.kind is bool:
        return [f"{name}={'false' if default else 'true'}"]
    if parameter.kind is str:
        return []  # what may be typed, the chapter's own tests know
    low = about.low if about.low is not None else default - 1
    high = about.high if about.high is not None else default + 1
    step = about.step or (1 if parameter.kind is int else (high - low) / 20)
    near = default + step if default + step <= high else default - step
    values = {near, (low + high) / 2, high}
    found = sorted({parameter.kind(v) for v in values} - {default})
    return [f"{name}={v}" for v in found if low <= v <= high]


def seconds(host: Host, demo: str, settings: list[str]) -> float:
    start = time.perf_counter()
    host.demo(demo, settings)
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("chapters", nargs="*")
    parser.add_argument("--check", action="store_true", help="exit 1 over budget")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    over = []
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="dltutor-bench-") as home:
        os.environ["DLTUTOR_HOME"] = home
        wanted = [registry.find(n) for n in options.chapters] or list(registry.chapters())
        print(
            f"load {os.getloadavg()[0]:.1f}; milliseconds: the first answer, then the median a change"
        )
        for chapter in wanted:
            if registry.missing_packages(chapter) or not chapter.demos:
                continue
            with Host(chapter) as host:
                for demo in chapter.demos:
                    first = seconds(host, demo.name, [])
                    worst, where = 0.0, ""
                    for parameter in host.demo_parameters(demo.name):
                        for setting in changes(parameter):
                            seconds(host, demo.name, [setting])  # what this setting needs once
                            there = [
                                seconds(host, demo.name, [setting]) for _ in range(options.rounds)
                            ]
                            if statistics.median(there) > worst:
                                worst, where = statistics.median(there), setting
                    name = f"{chapter.id} {demo.name}"
                    figures[name] = round(1e3 * worst, 1)
                    slow = worst > LIMIT
                    if slow:
                        over.append(name)
                    print(
                        f"{name:28} {1e3 * first:8.0f} {1e3 * worst:8.0f}  {where}"
                        + ("  OVER" if slow else ""),
                        flush=True,
                    )
    print(json.dumps(figures))
    return 1 if over and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
