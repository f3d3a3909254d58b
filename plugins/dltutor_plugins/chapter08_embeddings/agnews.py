"""AG News as a public data set. Needs no torch."""

from dltutor.chapter import Dataset, RemoteFile

FOLDER = "ag_news_csv"
CLASSES = ("World", "Sports", "Business", "Sci/Tech")
TRAIN, TEST = 120_000, 7_600
"""rows of the whole set; a data root may hold fewer in the same layout"""

_MIRROR = (
    "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/"
    "data/ag_news_csv/"
)

AG_NEWS = Dataset(
    name="ag-news",
    title={
        "en": "AG News, headlines and first sentences in four classes",
        "zh": "AG News，四类新闻的标题与首句",
    },
    folder=FOLDER,
    files=(
        RemoteFile(
            name="train.csv",
            urls=(_MIRROR + "train.csv",),
            sha256="76a0a2d2f92b286371fe4d4044640910"
            "a04a803fdd2538e0f3f29a5c6f6b672e",
            bytes=29_470_338,
        ),
        RemoteFile(
            name="test.csv",
            urls=(_MIRROR + "test.csv",),
            sha256="521465c2428ed7f02f8d6db6ffdd4b54"
            "47c1c701962353eb2c40d548c3c85699",
            bytes=1_857_427,
        ),
    ),
    marks=(("train.csv",), ("test.csv",)),
    licence="for research, not commercial",
    source="http://groups.di.unipi.it/~gulli/"
    "AG_corpus_of_news_articles.html",
)
