"""Names of streets, waters and compounds of the demo district, each with its form in Latin letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Name(NamedTuple):
    """A Chinese name and its form in Latin letters."""

    zh: str
    en: str


ARTERIALS = {
    "huaihai": Name("淮海路", "Huaihai Road"),
    "jiefang": Name("解放路", "Jiefang Road"),
    "yunnan": Name("运河南路", "Yunhe South Road"),
    "shenzhen": Name("明远路", "Mingyuan Road"),
    "beihuan": Name("北环路", "Beihuan Road"),
    "tongfu": Name("通甫路", "Tongfu Road"),
    "chengde": Name("承德路", "Chengde Road"),
    "jiankang": Name("健康路", "Jiankang Road"),
    "beijing": Name("北门大街", "Beimen Street"),
    "shuidu": Name("水渡口大道", "Shuidukou Avenue"),
    "nanchang": Name("翔宇大道", "Xiangyu Avenue"),
    "xianfeng": Name("先锋路", "Xianfeng Road"),
    "kaifa": Name("开发大道", "Kaifa Avenue"),
}

# Parts of names as (characters, pinyin); the first parts are those found on street signs of such towns.
_FIRST = (
    ("文", "Wen"), ("和", "He"), ("永", "Yong"), ("长", "Chang"), ("清", "Qing"), ("兴", "Xing"), ("安", "An"),
    ("富", "Fu"), ("德", "De"), ("仁", "Ren"), ("新", "Xin"), ("东", "Dong"), ("南", "Nan"), ("西", "Xi"),
    ("北", "Bei"), ("锦", "Jin"), ("瑞", "Rui"), ("康", "Kang"), ("明", "Ming"), ("泰", "Tai"), ("嘉", "Jia"),
    ("金", "Jin"), ("玉", "Yu"), ("翠", "Cui"), ("丰", "Feng"), ("运", "Yun"), ("淮", "Huai"), ("楚", "Chu"),
    ("汉", "Han"), ("景", "Jing"),
)  # fmt: skip
_SECOND = (
    ("华", "hua"), ("平", "ping"), ("宁", "ning"), ("园", "yuan"), ("河", "he"), ("湖", "hu"), ("桥", "qiao"),
    ("昌", "chang"), ("庆", "qing"), ("源", "yuan"), ("祥", "xiang"), ("苑", "yuan"), ("春", "chun"), ("民", "min"),
    ("达", "da"), ("顺", "shun"), ("秀", "xiu"), ("海", "hai"), ("江", "jiang"), ("泽", "ze"),
)  # fmt: skip
_LANES = (
    ("花街", "Huajie"), ("都天庙", "Dutianmiao"), ("慈云寺", "Ciyunsi"), ("御码头", "Yumatou"), ("斗姥宫", "Doumugong"),
    ("清晏园", "Qingyanyuan"), ("轿子", "Jiaozi"), ("羊肉", "Yangrou"), ("米市", "Mishi"), ("鱼市口", "Yushikou"),
    ("草市", "Caoshi"), ("糖坊", "Tangfang"), ("打铜", "Datong"), ("箍桶", "Gutong"), ("竹篾", "Zhumie"),
    ("大椿树", "Dachunshu"), ("双井", "Shuangjing"), ("四眼井", "Siyanjing"), ("石板", "Shiban"), ("马号", "Mahao"),
    ("仓门口", "Cangmenkou"), ("文庙", "Wenmiao"), ("关帝庙", "Guandimiao"), ("火星庙", "Huoxingmiao"),
    ("水门", "Shuimen"), ("税务", "Shuiwu"), ("当铺", "Dangpu"), ("染坊", "Ranfang"), ("粉坊", "Fenfang"),
    ("油坊", "Youfang"), ("磨盘", "Mopan"), ("青龙", "Qinglong"), ("白虎", "Baihu"), ("状元", "Zhuangyuan"),
    ("县前", "Xianqian"), ("镇台", "Zhentai"), ("漕运", "Caoyun"), ("盐店", "Yandian"), ("棉花", "Mianhua"),
    ("簸箕", "Boji"), ("灯笼", "Denglong"), ("韩家", "Hanjia"), ("吴家", "Wujia"), ("蒋家", "Jiangjia"),
    ("周家", "Zhoujia"), ("牛行", "Niuhang"), ("驴市", "Lüshi"), ("河下", "Hexia"), ("龙窝", "Longwo"), ("槐树", "Huaishu"),
)  # fmt: skip
_ESTATES = (
    ("小区", "Estate"), ("花园", "Garden"), ("新村", "New Village"), ("家园", "Homes"), ("苑", "Court"),
    ("公寓", "Apartments"), ("华庭", "Mansions"), ("名邸", "Residence"), ("佳苑", "Fine Court"), ("里", "Lane"),
)  # fmt: skip


def _pairs() -> list[tuple[str, str]]:
    """Two-part words, ordered so that neighbours in the list share neither part."""
    pairs = []
    for shift in range(len(_SECOND)):
        for i, (zh, en) in enumerate(_FIRST):
            tail_zh, tail_en = _SECOND[(i * 7 + shift * 3) % len(_SECOND)]
            pairs.append((zh + tail_zh, en + tail_en))
    return list(dict.fromkeys(pairs))


def road_names() -> Iterator[Name]:
    """Names for collectors, each once."""
    for suffix_zh, suffix_en in (("路", "Road"), ("街", "Street")):
        for zh, en in _pairs():
            yield Name(zh + suffix_zh, f"{en} {suffix_en}")


def lane_names() -> Iterator[Name]:
    """Names for the lanes of the old town, each once."""
    for zh, en in _LANES:
        yield Name(zh + "巷", f"{en} Lane")
    for side_zh, side_en in (
        ("东", "East"),
        ("西", "West"),
        ("南", "South"),
        ("北", "North"),
        ("后", "Back"),
    ):
        for zh, en in _LANES:
            yield Name(f"{zh}{side_zh}巷", f"{en} {side_en} Lane")


def compound_names() -> Iterator[Name]:
    """Names for residential compounds, each once; kinds of compound alternate."""
    pairs = _pairs()
    for shift in range(len(_ESTATES)):
        for i, (zh, en) in enumerate(pairs):
            suffix_zh, suffix_en = _ESTATES[(i * 3 + shift) % len(_ESTATES)]
            yield Name(zh + suffix_zh, f"{en} {suffix_en}")
