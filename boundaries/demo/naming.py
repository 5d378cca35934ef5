"""Names of streets, waters and compounds of the demo district, each with its form in Latin letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Name(NamedTuple):
    """A Chinese name and its form in Latin letters."""

    zh: str
    en: str


ARTERIALS = {
    "huaihai": Name("淮海路", "Huaihai Road"),
    "jiefang": Name("解放路", "Jiefang Road"),
    "yunhenan": Name("运河南路", "Yunhe South Road"),
    "mingyuan": Name("明远路", "Mingyuan Road"),
    "beihuan": Name("北环路", "Beihuan Road"),
    "tongfu": Name("通甫路", "Tongfu Road"),
    "chengde": Name("承德路", "Chengde Road"),
    "jiankang": Name("健康路", "Jiankang Road"),
    "beimen": Name("北门大街", "Beimen Street"),
    "shuidukou": Name("水渡口大道", "Shuidukou Avenue"),
    "xiangyu": Name("翔宇大道", "Xiangyu Avenue"),
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
    ("昌", "chang"), ("庆", "qing"), ("源", "yuan"),
    ("祥", "xiang"), ("苑", "yuan"), ("春", "chun"), ("民", "min"),
    ("达", "da"), ("顺", "shun"), ("秀", "xiu"), ("海", "hai"), ("江", "jiang"), ("泽", "ze"),
)  # fmt: skip
_LANES = (
    ("花街", "Huajie"), ("都天庙", "Dutianmiao"),
    ("慈云寺", "Ciyunsi"), ("御码头", "Yumatou"), ("斗姥宫", "Doumugong"),
    ("清晏园", "Qingyanyuan"), ("轿子", "Jiaozi"),
    ("羊肉", "Yangrou"), ("米市", "Mishi"), ("鱼市口", "Yushikou"),
    ("草市", "Caoshi"), ("糖坊", "Tangfang"), ("打铜", "Datong"), ("箍桶", "Gutong"), ("竹篾", "Zhumie"),
    ("大椿树", "Dachunshu"), ("双井", "Shuangjing"),
    ("四眼井", "Siyanjing"), ("石板", "Shiban"), ("马号", "Mahao"),
    ("仓门口", "Cangmenkou"), ("文庙", "Wenmiao"), ("关帝庙", "Guandimiao"), ("火星庙", "Huoxingmiao"),
    ("水门", "Shuimen"), ("税务", "Shuiwu"), ("当铺", "Dangpu"), ("染坊", "Ranfang"), ("粉坊", "Fenfang"),
    ("油坊", "Youfang"), ("磨盘", "Mopan"), ("青龙", "Qinglong"), ("白虎", "Baihu"), ("状元", "Zhuangyuan"),
    ("县前", "Xianqian"), ("镇台", "Zhentai"), ("漕运", "Caoyun"), ("盐店", "Yandian"), ("棉花", "Mianhua"),
    ("簸箕", "Boji"), ("灯笼", "Denglong"), ("韩家", "Hanjia"), ("吴家", "Wujia"), ("蒋家", "Jiangjia"),
    ("周家", "Zhoujia"), ("牛行", "Niuhang"), ("驴市", "Lüshi"),
    ("河下", "Hexia"), ("龙窝", "Longwo"), ("槐树", "Huaishu"),
)  # fmt: skip
_LANDMARKS = (
    ("闸口", "Zhakou"), ("石码头", "Shimatou"),
    ("水门桥", "Shuimenqiao"), ("轮埠", "Lunbu"), ("漂母", "Piaomu"),
    ("韩侯", "Hanhou"), ("丰登", "Fengdeng"),
    ("东长街", "Dongchangjie"), ("西长街", "Xichangjie"), ("越闸", "Yuezha"),
    ("船厂", "Chuanchang"), ("酒厂", "Jiuchang"),
    ("面粉厂", "Mianfenchang"), ("棉纺", "Mianfang"), ("农机", "Nongji"),
    ("供电", "Gongdian"), ("邮电", "Youdian"), ("粮食局", "Liangshiju"), ("盐务", "Yanwu"), ("运司", "Yunsi"),
    ("化肥厂", "Huafeichang"), ("曙光", "Shuguang"),
    ("前进", "Qianjin"), ("大庆", "Daqing"), ("工农", "Gongnong"),
    ("师专", "Shizhuan"), ("老坝口", "Laobakou"),
    ("杨庙", "Yangmiao"), ("福田庵", "Futian'an"), ("铁心桥", "Tiexinqiao"),
    ("八面佛", "Bamianfo"), ("青龙桥", "Qinglongqiao"),
    ("柴市", "Chaishi"), ("牛市", "Niushi"), ("灯塔", "Dengta"),
    ("红旗", "Hongqi"), ("友谊", "Youyi"), ("胜利", "Shengli"), ("向阳", "Xiangyang"), ("纱厂", "Shachang"),
    ("卷烟厂", "Juanyanchang"), ("玻璃厂", "Bolichang"), ("造纸厂", "Zaozhichang"), ("水利", "Shuili"),
    ("航道", "Hangdao"), ("港务", "Gangwu"), ("地质队", "Dizhidui"), ("建工", "Jiangong"), ("交运", "Jiaoyun"),
    ("广播", "Guangbo"), ("文化宫", "Wenhuagong"),
    ("体育场", "Tiyuchang"), ("小营", "Xiaoying"), ("马号", "Mahao"),
    ("草堂", "Caotang"), ("河堂", "Hetang"), ("双坝", "Shuangba"),
    ("土圩", "Tuwei"), ("缫丝", "Saosi"), ("榨油", "Zhayou"),
)  # fmt: skip
"""What older estates are called after: locks, temples, mills, offices that built them."""

_POETIC = (
    ("翰林", "Hanlin"), ("金桂", "Jingui"), ("紫藤", "Ziteng"),
    ("荷塘", "Hetang"), ("枫林", "Fenglin"), ("桃源", "Taoyuan"),
    ("香樟", "Xiangzhang"), ("银杏", "Yinxing"), ("玉兰", "Yulan"), ("听涛", "Tingtao"), ("望湖", "Wanghu"),
    ("临河", "Linhe"), ("观澜", "Guanlan"), ("碧水", "Bishui"),
    ("翠湖", "Cuihu"), ("丹桂", "Dangui"), ("江南", "Jiangnan"),
    ("康桥", "Kangqiao"), ("书香", "Shuxiang"), ("学府", "Xuefu"), ("锦绣", "Jinxiu"), ("盛世", "Shengshi"),
    ("东方", "Dongfang"), ("阳光", "Yangguang"), ("星河", "Xinghe"), ("梧桐", "Wutong"), ("海棠", "Haitang"),
    ("芙蓉", "Furong"), ("柳岸", "Liu'an"), ("清荷", "Qinghe"), ("水韵", "Shuiyun"), ("文峰", "Wenfeng"),
    ("蓝天", "Lantian"), ("运河", "Yunhe"), ("明珠", "Mingzhu"),
    ("御景", "Yujing"), ("天鹅", "Tian'e"), ("香榭", "Xiangxie"),
    ("半山", "Banshan"), ("西城", "Xicheng"), ("雅居", "Yaju"),
    ("和风", "Hefeng"), ("晨曦", "Chenxi"), ("月亮湾", "Yueliangwan"),
)  # fmt: skip
"""What builders of this century call their estates."""

_OLD_ENDS = (
    ("小区", "Estate"), ("新村", "New Village"),
    ("东院", "East Yard"), ("西院", "West Yard"), ("宿舍", "Quarters"),
    ("花园", "Garden"), ("大院", "Yard"),
)  # fmt: skip
_NEW_ENDS = (
    ("花园", "Garden"), ("华庭", "Mansions"), ("名邸", "Residence"), ("佳苑", "Fine Court"), ("人家", "Homes"),
    ("公寓", "Apartments"), ("苑", "Court"),
)  # fmt: skip
_SHARED_STEM = 4
"""Neighbouring compounds called after the same thing."""


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


def compound_names(places: Sequence[tuple[bool, int]]) -> list[Name]:
    """Names for residential compounds; a few neighbours share what they are called after.

    Parameters
    ----------
    places
        For each compound whether it was built in this century, and its superblock.
    """
    made_up = _pairs()
    stems = {True: iter([*_POETIC, *made_up[::2]]), False: iter([*_LANDMARKS, *made_up[1::2]])}
    held: dict[tuple[bool, int], tuple[tuple[str, str], int]] = {}
    names = []
    for modern, superblock in places:
        ends = _NEW_ENDS if modern else _OLD_ENDS
        stem, used = held.get((modern, superblock), (("", ""), _SHARED_STEM))
        if used == _SHARED_STEM:
            stem, used = next(stems[modern]), 0
        held[modern, superblock] = (stem, used + 1)
        end = ends[(superblock + used) % len(ends)]
        names.append(Name(stem[0] + end[0], f"{stem[1]} {end[1]}"))
    return names
