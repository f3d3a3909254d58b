"""The processes that compute demos, one for each chapter that was asked lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from dltutor import registry
from dltutor.chapter import Chapter, Parameter
from dltutor.i18n import current
from dltutor.runs.host import Host
from dltutor.views import View

KEPT = 2
REMEMBERED = 64


class Hosts:
    """Starts hosts when they are needed, ends the ones not used for longest, remembers answers."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, Host] = OrderedDict()
        self._answers: OrderedDict[tuple[str, ...], list[View]] = OrderedDict()
        self._lock = threading.Lock()
        self.turn = threading.Lock()
        """held by the question that is being computed: those behind it may give up waiting"""

    def host(self, chapter: Chapter) -> Host:
        """The chapter's host. Raises MissingPackagesError when it can not work."""
        registry.require_packages(chapter)
        with self._lock:
            host = self._hosts.pop(chapter.id, None) or Host(chapter)
            self._hosts[chapter.id] = host
            idle = [self._hosts.popitem(last=False)[1] for _ in range(len(self._hosts) - KEPT)]
        for old in idle:
            old.close()
        return host

    def parameters(self, chapter: Chapter, name: str) -> tuple[Parameter, ...]:
        return self.host(chapter).demo_parameters(name)

    def live(
        self, chapter: Chapter, name: str, settings: Sequence[str], live: Mapping[str, Any]
    ) -> list[View]:
        """The views of a demo that remembers: each call is another one."""
        return self.host(chapter).demo(name, settings, live=live)

    def demo(
        self, chapter: Chapter, name: str, settings: Sequence[str], run: str = ""
    ) -> list[View]:
        """The demo's views; the same question is not computed twice in a row."""
        key = (chapter.id, name, current(), run, *settings)
        with self._lock:
            known = self._answers.get(key)
        if known is not None:
            return known
        found = self.host(chapter).demo(name, settings, run)
        with self._lock:
            self._answers[key] = found
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return found

    def close(self) -> None:
        with self._lock:
            hosts, self._hosts = list(self._hosts.values()), OrderedDict()
        for host in hosts:
            host.close()
