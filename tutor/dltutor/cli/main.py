"""The command ``dltutor``: a table of commands, each imported when it is used."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Abort
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperGroup

from dltutor import __version__, i18n
from dltutor.errors import TutorError

# name -> (module below dltutor.cli, what it does in English, in Chinese)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "list": ("browse", "The chapters, and how far you are.", "各章及学习进度。"),
    "read": ("browse", "Read a lesson.", "阅读课文。"),
    "quiz": ("quiz", "Answer a chapter's questions.", "回答一章的问题。"),
    "exercise": (
        "exercise",
        "Write code that is checked by running it.",
        "编写代码，由运行结果检查。",
    ),
    "review": ("quiz", "Answer the questions that are due again.", "复习到期的问题。"),
    "progress": (
        "progress",
        "Show, export, import or reset your progress.",
        "查看、导出、导入或重置进度。",
    ),
    "run": ("run", "Train a chapter's model.", "训练一章的模型。"),
    "runs": (
        "runs",
        "List, follow, plot, compare and stop runs.",
        "列出、跟随、绘制、比较和停止运行。",
    ),
    "sweep": ("sweep", "Train over a grid of settings.", "按参数网格进行多次训练。"),
    "predict": ("predict", "Ask a trained model about your own input.", "用训练好的模型预测。"),
    "model": (
        "predict",
        "A chapter's model as a table, or as a file for Netron.",
        "以表格或文件查看模型结构。",
    ),
    "demo": ("demo", "Touch a chapter's demo.", "动手操作一章的演示。"),
    "export": (
        "export",
        "A chapter as a notebook or a page to take along.",
        "把一章导出为笔记本或网页。",
    ),
    "data": ("data", "List, fetch, verify and remove data sets.", "列出、下载、校验和删除数据集。"),
    "plugins": (
        "plugins",
        "List, make, check, install chapters.",
        "列出、新建、检查、安装章节插件。",
    ),
    "serve": (
        "serve",
        "The screens in a browser, on this machine.",
        "在浏览器中打开界面（本机）。",
    ),
    "doctor": (
        "doctor",
        "Check this machine, with the commands that mend it.",
        "检查运行环境并给出修复命令。",
    ),
}


class LazyGroup(TyperGroup):  # the names of the arguments are those of the base
    """Knows the names and one-line helps; imports a command's module when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dltutor.cli.{COMMANDS[cmd_name][0]}")
        app: typer.Typer = module.APPS[cmd_name]
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        column = 2 if i18n.current() == "zh" else 1
        with formatter.section(i18n.t("Commands")):
            formatter.write_dl([(name, row[column]) for name, row in COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            ctx.fail(
                i18n.t("There is no command {name!r}.", name=name)
                + (" " + i18n.t("Did you mean {near}?", near=near[0]) if near else "")
            )
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Learn deep learning with PyTorch in the terminal. Without a command: the screens.",
)


@app.callback()
def root(
    context: typer.Context,
    lang: Annotated[str, typer.Option("--lang", help="Language: en or zh.")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        print(f"dltutor {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from dltutor.cli.start import start

        start()


def new_app(**options: Any) -> typer.Typer:
    """A command or a group of commands, in the house's manner."""
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **options,
    )


def _take_global_options(arguments: list[str]) -> list[str]:
    """``--lang X`` and ``--debug`` are understood anywhere, and children inherit them."""
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest.append(word)
            rest.extend(words)
        elif word == "--debug":
            os.environ["DLTUTOR_DEBUG"] = "1"
        elif word == "--lang" or word.startswith("--lang="):
            value = word.partition("=")[2] if "=" in word else next(words, "")
            i18n.use(value or "?")
            os.environ["DLTUTOR_LANG"] = i18n.current()
        else:
            rest.append(word)
    return rest


def _one_line(error: ClickException) -> str:
    text = " ".join(error.format_message().split())
    command = getattr(getattr(error, "ctx", None), "command_path", "dltutor")
    return text + " (" + i18n.t("see: {command} --help", command=command) + ")"


def main() -> None:
    """Runs the command line. Errors are one line on standard error; ``--debug`` shows the traceback."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")
    out = sys.stdout
    try:
        code = app(
            args=_take_global_options(sys.argv[1:]), prog_name="dltutor", standalone_mode=False
        )
        sys.stdout.flush()  # here, where it can still be told that it did not work
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit:
        if sys.stdout is not out:  # click replaces it when its reader has gone
            sys.exit(0)
        raise
    except NoArgsIsHelpError as error:
        print(error.format_message())
        sys.exit(2)
    except ClickException as error:
        # one line, as for every other error; click would print the usage as well
        print(f"dltutor: {_one_line(error)}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Abort:
        print(file=sys.stderr)
        sys.exit(130)
    except TutorError as error:
        if os.environ.get("DLTUTOR_DEBUG"):
            raise
        print(f"dltutor: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        # most often the output: its reader has gone (head, a pager), or the disk is full;
        # what is still to be written must not complain again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        if isinstance(error, BrokenPipeError):
            sys.exit(0)
        if os.environ.get("DLTUTOR_DEBUG"):
            raise
        what = error.filename or i18n.t("the output")
        print(f"dltutor: {what}: {error.strerror or error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:  # the last resort: a fault of ours, told in a line as well
        if os.environ.get("DLTUTOR_DEBUG"):
            raise
        text = " ".join(f"{type(error).__name__}: {error}".split())
        hint = i18n.t("a fault of dltutor; --debug shows where")
        print(f"dltutor: {text} ({hint})", file=sys.stderr)
        sys.exit(1)
