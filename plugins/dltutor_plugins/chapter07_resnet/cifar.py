"""CIFAR-10 as a public data set. Needs no torch."""

from dltutor.chapter import Dataset, RemoteFile

CIFAR10 = Dataset(
    name="cifar10",
    title={
        "en": "CIFAR-10, colour pictures of 32 x 32 in ten classes",
        "zh": "CIFAR-10，十个类别的 32 x 32 彩色图片",
    },
    folder="cifar10",
    files=(
        # the binary version: the one for Python is pickled, and reading a
        # pickle runs whatever it says
        RemoteFile(
            name="cifar-10-binary.tar.gz",
            urls=(
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            ),
            sha256="c4a38c50a1bc5f3a1c5537f2155ab9d6"
            "8f9f25eb1ed8d9ddda3db29a59bca1dd",
            bytes=170_052_171,
            unpack=True,
        ),
    ),
    # the whole set, or a part of it as folders of pictures
    marks=(
        ("cifar-10-batches-bin/data_batch_1.bin", "train/airplane"),
        ("cifar-10-batches-bin/test_batch.bin", "test/airplane"),
    ),
    licence="none stated",
    source="https://www.cs.toronto.edu/~kriz/cifar.html",
)
