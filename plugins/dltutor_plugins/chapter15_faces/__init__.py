"""Chapter 15: Face detection and verification."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl
from dltutor_plugins.chapter15_faces.lfw import LFW

_HERE = "dltutor_plugins.chapter15_faces"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter15",
        number=15,
        slug="faces",
        title={
            "en": "Face detection and verification",
            "zh": "人脸检测与验证",
        },
        summary={
            "en": "Find a face, and say whether two pictures show the same person.",
            "zh": "找到人脸，并判断两张照片是不是同一个人。",
        },
        content="dltutor_content.chapter15_faces",
        requires=(
            "torch",
            "numpy",
            "cv2",
            "dlib",
            "skimage",
        ),
        install="dltutor[faces]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"epochs": 8},
                "standard": {},
                "full": {
                    "epochs": 200,
                    "people": 32,
                    "width": 64,
                    "augment": 1.0,
                },
            },
            builtin={
                "en": "100 crops of LFW from scikit-image (25 x 25), twelve views made of each",
                "zh": "scikit-image 自带的 100 张 LFW 人脸（25 x 25），每张生成十二个视图",
            },
            full=LFW,
            own_data={
                "en": "a folder with a subfolder of pictures for each person",
                "zh": "每个人一个子文件夹的图片文件夹",
            },
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="detect",
                title={
                    "en": "Find the faces in a picture",
                    "zh": "找出图片中的人脸",
                },
                function=f"{_HERE}.demo:find",
            ),
            Demo(
                name="compare",
                title={
                    "en": "Two pictures: the same person?",
                    "zh": "两张图片是不是同一个人？",
                },
                function=f"{_HERE}.demo:compare",
            ),
            Demo(
                name="threshold",
                title={
                    "en": "Move the threshold, watch both errors",
                    "zh": "移动阈值，看两种错误",
                },
                function=f"{_HERE}.threshold:show",
            ),
            Demo(
                name="gallery",
                title={
                    "en": "Who in the gallery is this?",
                    "zh": "这是图库里的谁？",
                },
                function=f"{_HERE}.demo:identify",
            ),
        ),
    )
