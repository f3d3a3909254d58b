from dltutor.learning.checks import close, raises

NAMES = {"x": 3.0, "y": -0.5}


def agrees(work, text, expected):
    close(work.evaluate(text, NAMES), expected, name=f"evaluate({text!r})", when=NAMES)


def refuses(work, *texts):
    for text in texts:
        raises(ValueError, work.evaluate, text, NAMES, name=f"evaluate({text!r})", when=NAMES)


def check_numbers(work):
    """numbers, whole or not || 整数和小数"""
    agrees(work, "7", 7)
    agrees(work, "2.5e-1", 0.25)
    agrees(work, " ( 4 ) ", 4)


def check_operators(work):
    """the four operations and signs, with their usual order || 四则运算和正负号，次序与平常相同"""
    agrees(work, "2 + 3 * 4", 14)
    agrees(work, "(2 + 3) * 4", 20)
    agrees(work, "7 - 2 - 1", 4)
    agrees(work, "8 / 4 / 2", 1.0)
    agrees(work, "-3 - -2", -1)
    agrees(work, "--+2", 2)


def check_names(work):
    """names have the values that were given, and there are no others || 名字取给定的值，此外没有别的名字"""
    agrees(work, "2 * (x + 1)", 8.0)
    agrees(work, "x * y - x / y", 4.5)
    refuses(work, "z", "abs", "__builtins__", "x + names")


def check_operators_not_in_the_table(work):
    """operators that are not in the table are refused || 不在表中的运算符一律拒绝"""
    refuses(work, "2 ** 3", "9**9**9", "7 // 2", "7 % 2", "x @ y", "1 << 40", "~1", "not x")


def check_other_constants(work):
    """strings, True, None and complex numbers are no numbers here || 字符串、True、None 和复数在这里都不是数"""
    refuses(work, "'text'", "b'text'", "True", "None", "2j", "...", "1 + True", "-'a'")


def check_attributes_and_calls(work):
    """attributes, calls and indices are refused, before anything of them runs || 属性、调用、索引一律拒绝，其中任何部分都不执行"""
    refuses(
        work,
        "x.real",
        "().__class__.__bases__",
        "abs(x)",
        "__import__('os').getcwd()",
        "x[0]",
        "1 + x.hex()",
    )


def check_everything_else(work):
    """whatever else Python has || Python 的其他一切"""
    refuses(
        work, "[1, 2]", "(1, 2)", "{1: 2}", "{1}", "[i for i in x]", "lambda: 1", "x if y else 1", "x < y",
        "x and y", "f'{x}'", "(x := 1)", "*x", "", "x y", "import os",
    )  # fmt: skip
