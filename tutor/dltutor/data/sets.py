"""Public data sets that more than one chapter uses, in the layouts they have on disk."""

from dltutor.chapter import Dataset, RemoteFile


def _mnist(name: str, size: int, sha256: str, plain_sha256: str) -> RemoteFile:
    mirrors = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    )
    return RemoteFile(
        name=name + ".gz",
        urls=tuple(f"{mirror}{name}.gz" for mirror in mirrors),
        sha256=sha256,
        bytes=size,
        plain_sha256=plain_sha256,
    )


MNIST = Dataset(
    name="mnist",
    title={
        "en": "MNIST, 60,000 + 10,000 handwritten digits",
        "zh": "MNIST，60,000 + 10,000 个手写数字",
    },
    folder="MNIST/raw",
    files=(
        _mnist(
            "train-images-idx3-ubyte",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        _mnist(
            "train-labels-idx1-ubyte",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        _mnist(
            "t10k-images-idx3-ubyte",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        _mnist(
            "t10k-labels-idx1-ubyte",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    marks=tuple(
        (f"{stem}-idx{n}-ubyte", f"{stem}-idx{n}-ubyte.gz")
        for stem, n in (
            ("train-images", 3),
            ("train-labels", 1),
            ("t10k-images", 3),
            ("t10k-labels", 1),
        )
    ),
    licence="CC BY-SA 3.0",
    source="http://yann.lecun.com/exdb/mnist/",
)

CHNSENTICORP = Dataset(
    name="chnsenticorp",
    title={
        "en": "ChnSentiCorp, 7,765 Chinese hotel reviews",
        "zh": "ChnSentiCorp，7,765 条中文酒店评论",
    },
    folder="chnsenticorp",
    files=(
        RemoteFile(
            name="ChnSentiCorp_htl_all.csv",
            urls=(
                "https://raw.githubusercontent.com/SophonPlus/ChineseNlpCorpus/master/datasets/"
                "ChnSentiCorp_htl_all/ChnSentiCorp_htl_all.csv",
            ),
            sha256="1d414b9c65caf3a836abdb4efded621968502ad3338e1a9d885ae131c86083f0",
            bytes=2_904_858,
        ),
    ),
    marks=(("ChnSentiCorp_htl_all.csv",),),
    licence="not stated",
    source="https://github.com/SophonPlus/ChineseNlpCorpus",
)

PINYIN = Dataset(
    name="pinyin",
    title={
        "en": "sentences of THCHS-30 and AISHELL with toned pinyin",
        "zh": "THCHS-30 与 AISHELL 的带声调拼音句子",
    },
    folder="pinyin",
    # nobody publishes the transcripts apart from gigabytes of sound: they go by hand into a root
    files=(),
    marks=(("zh.tsv",),),
    licence="Apache 2.0",
    source="https://www.openslr.org/18/",
)
