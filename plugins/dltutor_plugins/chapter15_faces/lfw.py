"""Labeled Faces in the Wild as a public data set. Needs no torch."""

from dltutor.chapter import Dataset, RemoteFile

FOLDER = "lfw-deepfunneled"
FUNNELED = "lfw_funneled"
"""what the archive of the mirror unpacks to"""

LFW = Dataset(
    name="lfw",
    title={
        "en": "LFW, faces of people in folders, held out by person",
        "zh": "LFW，按人分文件夹的人脸，按人划分",
    },
    folder=FOLDER,
    files=(
        # the university's own server has been away for long; this is the
        # mirror that scikit-learn uses, with its checksum
        RemoteFile(
            name="lfw-funneled.tgz",
            urls=(
                "https://ndownloader.figshare.com/files/5976015",
                "http://vis-www.cs.umass.edu/lfw/lfw-funneled.tgz",
            ),
            sha256="b47c8422c8cded889dc5a13418c4bc2a"
            "bbda121092b3533a83306f90d900100a",
            bytes=243_346_528,
            unpack=True,
        ),
        RemoteFile(
            name="pairs.txt",
            urls=(
                "https://ndownloader.figshare.com/files/5976006",
                "http://vis-www.cs.umass.edu/lfw/pairs.txt",
            ),
            sha256="ea42330c62c92989f9d7c03237ed5d59"
            "1365e89b3e649747777b70e692dc1592",
            bytes=155_335,
        ),
    ),
    # unpacked from the mirror; the deep-funneled set; the ORL faces, laid
    # out in the same way
    marks=(
        (
            f"{FUNNELED}/Zydrunas_Ilgauskas/Zydrunas_Ilgauskas_0001.jpg",
            "Zydrunas_Ilgauskas/Zydrunas_Ilgauskas_0001.jpg",
            "Subject_01/Subject_01_0001.jpg",
        ),
    ),
    licence="none stated; photographs of the press, for research",
    source="https://scikit-learn.org/stable/datasets/real_world.html",
)
