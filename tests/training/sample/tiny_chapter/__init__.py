from dltutor.chapter import Chapter, Training
from dltutor.hookspecs import hookimpl


@hookimpl
def dltutor_chapter():
    return Chapter(
        id="tiny",
        slug="tiny",
        title="Tiny",
        summary="",
        content="tiny_chapter",
        requires=("torch",),
        training=Training(
            config="tiny_chapter.config:Config",
            routine="tiny_chapter.train:train",
            presets={"quick": {"epochs": 2}, "standard": {}},
            builtin="noise",
            best="val_accuracy",
        ),
    )
