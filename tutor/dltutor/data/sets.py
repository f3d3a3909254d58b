"""Public data sets that more than one chapter uses, in the layouts they have on disk."""

from dltutor.chapter import Dataset, RemoteFile

MNIST = Dataset(
    name="mnist",
    title={"en": "MNIST, 60,000 + 10,000 handwritten digits", "zh": "MNIST，60,000 + 10,000 个手写数字"},
    folder="MNIST/raw",
    files=(),
    marks=tuple(
        (f"{stem}-idx{n}-ubyte", f"{stem}-idx{n}-ubyte.gz")
        for stem, n in (("train-images", 3), ("train-labels", 1), ("t10k-images", 3), ("t10k-labels", 1))
    ),
    licence="CC BY-SA 3.0",
    source="http://yann.lecun.com/exdb/mnist/",
)
