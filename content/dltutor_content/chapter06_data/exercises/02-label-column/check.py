import torch

from dltutor.learning.checks import close, dtype, equal, shape, that


def table():
    rows = torch.randint(0, 256, (20, 785), dtype=torch.uint8)
    rows[:, 0] = torch.arange(20) % 10
    return rows


def check_classes(work):
    """the classes are those of the table || 类别与表中一致"""
    rows = table()
    data = work.Rows(rows)
    labels = [data[i][1] for i in range(20)]
    that(
        all(type(label) is int for label in labels),
        "The class should be a Python int. || 类别应当是 Python 的 int。",
    )
    equal(
        labels,
        [i % 10 for i in range(20)],
        "the classes of 20 rows || 20 行的类别",
        when="column 0 holds 0, 1, ..., 9, 0, 1, ..., 9 || 第 0 列是 0、1、……、9、0、1、……、9",
    )


def check_pixels(work):
    """the pixels go from 0 to 1 || 像素取值 0 到 1"""
    rows = table()
    picture = work.Rows(rows)[7][0]
    shape(picture, (1, 28, 28), "rows[7][0]")
    dtype(picture, torch.float32, "rows[7][0]")
    close(picture, rows[7, 1:].view(1, 28, 28).float() / 255, name="rows[7][0]")


def check_all_pixels(work):
    """no pixel is left out, the class is none of them || 像素不多不少，类别不算像素"""
    rows = torch.zeros(1, 785, dtype=torch.uint8)
    rows[0, 0], rows[0, 1], rows[0, 784] = 9, 255, 51
    picture, label = work.Rows(rows)[0]
    equal(label, 9, "rows[0][1]")
    close(picture.flatten()[0], torch.tensor(1.0), name="first pixel || 第一个像素")
    close(picture.flatten()[-1], torch.tensor(0.2), name="last pixel || 最后一个像素")


def check_unchanged(work):
    """the table is as it was, after two epochs || 两个轮次之后，表没有变"""
    rows = table()
    before = rows.clone()
    data = work.Rows(rows)
    first = [data[i][0].clone() for i in range(len(data))]
    second = [data[i][0] for i in range(len(data))]
    equal(rows, before, "table || 表")
    close(torch.stack(second), torch.stack(first), name="the second epoch || 第二个轮次")
