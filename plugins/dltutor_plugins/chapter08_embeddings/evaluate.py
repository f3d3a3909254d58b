"""Vectors judged by a list that was written down before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dltutor.views import Table
from dltutor_plugins.chapter08_embeddings.vectors import Vectors

Pairs = tuple[tuple[str, str], ...]


def split(text: str) -> Pairs:
    """``"a b, c d"`` as pairs."""
    found = []
    for pair in text.split(","):
        a, b = pair.split()
        found.append((a, b))
    return tuple(found)


# In each line every pair stands in the same relation. Capitals are those of
# January 1998, when the newspaper was written.
ANALOGIES: dict[str, Pairs] = {
    "首都": split(
        "中国 北京, 日本 东京, 俄罗斯 莫斯科, 法国 巴黎, 英国 伦敦, 伊拉克 巴格达,"
        "泰国 曼谷, 韩国 汉城, 美国 华盛顿, 埃及 开罗"
    ),
    "货币": split(
        "日本 日元, 美国 美元, 泰国 泰铢, 韩国 韩元, 英国 英镑, 德国 马克"
    ),
    "省会": split(
        "浙江 杭州, 江苏 南京, 四川 成都, 山东 济南, 湖北 武汉, 湖南 长沙, 广东 广州,"
        "河北 石家庄"
    ),
    "亲属": split("父亲 母亲, 儿子 女儿, 丈夫 妻子, 爸爸 妈妈, 先生 女士"),
    "反义": split("增加 减少, 上升 下降, 买 卖, 大 小, 高 低, 好 坏"),
    "capital": split(
        "iraq baghdad, france paris, russia moscow, china beijing,"
        "england london, iran tehran, japan tokyo, greece athens"
    ),
    "plural": split(
        "company companies, game games, team teams, stock stocks,"
        "player players, rate rates, share shares, country countries"
    ),
    "past": split("say said, win won, take took, make made, lose lost"),
}

# A word, and words of its kind: at least one should be among the nearest ten.
NEIGHBOURS: dict[str, str] = {
    "日本": "韩国 泰国 美国 英国 法国 德国",
    "美元": "日元 英镑 马克 人民币 港元 欧元",
    "医院": "医生 病人 患者 治疗 门诊 手术",
    "足球": "篮球 排球 球队 球员 比赛 联赛",
    "春节": "元旦 新春 节日 春运 过年 除夕",
    "增加": "减少 增长 提高 下降 上升",
    "学校": "学生 教师 大学 教育 小学 中学",
    "企业": "公司 集团 厂 工厂 国企",
    "妈妈": "爸爸 父亲 母亲 孩子 儿子 女儿",
    "音乐": "歌曲 演唱 舞蹈 音乐会 乐团 演奏",
    "冠军": "亚军 金牌 决赛 夺得 锦标赛",
    "总统": "总理 克林顿 叶利钦 副总统 议长",
    "屏幕": "键盘 显示 分辨率 电池 外观 机身",
    "酒店": "宾馆 房间 饭店 客房 服务员",
    "baghdad": "iraq iraqi fallujah najaf insurgents",
    "microsoft": "software windows google ibm linux",
    "oil": "crude prices barrel energy fuel",
    "coach": "team season players quarterback football",
    "game": "season games win games team",
    "election": "vote presidential elections polls president",
    "stocks": "shares dow investors nasdaq street",
    "court": "judge lawsuit federal trial case",
}


class Score(NamedTuple):
    """Answers to the questions that the vectors know all words of."""

    right: int
    among_five: int
    asked: int
    left_out: int
    """questions with a word that has no vector"""


def analogies(vectors: Vectors, pairs: Pairs) -> Score:
    """a is to b as c is to d, for every two different pairs, both ways."""
    right = five = asked = left_out = 0
    for a, b in pairs:
        for c, d in pairs:
            if a == c:
                continue
            if any(word not in vectors.index for word in (a, b, c, d)):
                left_out += 1
                continue
            answers = [w for w, _ in vectors.analogy(a, b, c, 5)]
            asked += 1
            right += answers[0] == d
            five += d in answers
    return Score(right, five, asked, left_out)


def near(vectors: Vectors, word: str, kin: Sequence[str]) -> bool:
    """Whether one of the kin is among the ten nearest."""
    found = {w for w, _ in vectors.neighbours(word, 10)}
    return bool(found & set(kin))


def scores(vectors: Vectors) -> dict[str, float]:
    """Shares of the whole list; what has no words there is left out."""
    found: dict[str, float] = {}
    results = [analogies(vectors, pairs) for pairs in ANALOGIES.values()]
    asked = sum(score.asked for score in results)
    if asked:
        found["analogy_accuracy"] = sum(s.right for s in results) / asked
        found["analogy_top5"] = sum(s.among_five for s in results) / asked
    words = [word for word in NEIGHBOURS if word in vectors.index]
    if words:
        hits = sum(
            near(vectors, word, NEIGHBOURS[word].split()) for word in words
        )
        found["neighbour_hits"] = hits / len(words)
    return found


def analogy_table(vectors: Vectors) -> Table:
    """A row for each relation that the vectors have words of."""
    rows = []
    for name, pairs in ANALOGIES.items():
        score = analogies(vectors, pairs)
        if score.asked:
            rows.append((name, score.asked, score.right, score.among_five))
    return Table(
        title={"en": "Analogies of the list", "zh": "测试表里的类比"},
        columns=(
            {"en": "relation", "zh": "关系"},
            {"en": "asked", "zh": "题数"},
            {"en": "right", "zh": "答对"},
            {"en": "in the first five", "zh": "前五个之内"},
        ),
        rows=rows,
    )


def neighbour_table(vectors: Vectors) -> Table:
    """The words of the list with their five nearest."""
    rows = [
        (word, " ".join(w for w, _ in vectors.neighbours(word, 5)))
        for word in NEIGHBOURS
        if word in vectors.index
    ]
    return Table(
        title={"en": "Nearest words", "zh": "最近的词"},
        columns=(
            {"en": "word", "zh": "词"},
            {"en": "nearest", "zh": "最近的词"},
        ),
        rows=rows,
    )
