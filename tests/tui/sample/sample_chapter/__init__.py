"""A small chapter with one of everything, for the tests of the screens."""

from dltutor.chapter import Chapter, Demo
from dltutor.hookspecs import hookimpl


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="sample",
        number=0,
        slug="waves",
        title={"en": "Waves and their sums", "zh": "波与波的叠加"},
        summary={"en": "A chapter of the tests.", "zh": "测试用的一章。"},
        content="sample_chapter",
        demos=(
            Demo(
                name="wave",
                title={"en": "A wave", "zh": "一个波"},
                function="sample_chapter.demos:wave",
            ),
            Demo(
                name="fault",
                title={"en": "A demo that fails", "zh": "会出错的演示"},
                function="sample_chapter.demos:fault",
            ),
        ),
    )
