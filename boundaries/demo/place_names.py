"""Names that places in the demo district carry: streets, communities, villages, grounds.

Each has its form in Latin letters and, where it belongs somewhere, what kind of place that is.
"""

from __future__ import annotations

from boundaries.demo.naming import Name

# The plan of 2009: the streets in the order of `history.STREET_SEEDS`, the office last.
STREETS_2009: tuple[Name, ...] = (
    Name("东门街道", "Dongmen Street"), Name("长西街道", "Changxi Street"), Name("新华街道", "Xinhua Street"),
    Name("水渡口街道", "Shuidukou Street"), Name("闸口街道", "Zhakou Street"), Name("北岸街道", "Bei'an Street"),
    Name("开发区办事处", "Development Area Office"),
)  # fmt: skip

# The plan of 2010, each with a place in frame coordinates (u, v) that it should hold, metres.
STREETS_2010: tuple[tuple[Name, float, float], ...] = (
    (Name("清晏街道", "Qingyan Street"), -1000, 200),
    (Name("运河街道", "Yunhe Street"), -600, -1300),
    (Name("淮海街道", "Huaihai Street"), 400, 200),
    (Name("古清街道", "Guqing Street"), -300, 1600),
    (Name("柳树湾街道", "Liushuwan Street"), -2600, 1200),
    (Name("翔宇街道", "Xiangyu Street"), 2200, 900),
    (Name("明远街道", "Mingyuan Street"), 2200, -1000),
)

VILLAGE_NAMES: tuple[tuple[str, str], ...] = (
    ("韩庄", "Hanzhuang"), ("柏庄", "Baizhuang"), ("徐杨", "Xuyang"), ("沈桥", "Shenqiao"), ("王圩", "Wangwei"),
    ("高渡", "Gaodu"), ("河东", "Hedong"), ("蒋桥", "Jiangqiao"), ("李圩", "Liwei"), ("孙大庄", "Sundazhuang"),
    ("小陈庄", "Xiaochenzhuang"),
)  # fmt: skip
"""Villages in the order of `zones.VILLAGE_SEEDS`."""

FARM = Name("清河农场", "Qinghe Farm")

# Hamlets and yards of a village, joined to its name.
HAMLETS: tuple[tuple[str, str], ...] = (
    ("前庄", "Qianzhuang"), ("后庄", "Houzhuang"),
    ("东庄", "Dongzhuang"), ("西庄", "Xizhuang"), ("大圩", "Dawei"),
    ("河沿", "Heyan"), ("老庄", "Laozhuang"), ("新庄", "Xinzhuang"),
)  # fmt: skip

# Communities by what is typical of the place; the kinds are those of `unit_names`.
COMMUNITIES: dict[str, tuple[tuple[str, str], ...]] = {
    "old": (
        ("花街", "Huajie"), ("都天庙", "Dutianmiao"),
        ("东门", "Dongmen"), ("文庙", "Wenmiao"), ("鼓楼", "Gulou"),
        ("县前", "Xianqian"), ("慈云", "Ciyun"),
        ("米市", "Mishi"), ("清晏园", "Qingyanyuan"), ("草市口", "Caoshikou"),
        ("西门", "Ximen"), ("钟楼", "Zhonglou"),
    ),
    "canal": (
        ("运河湾", "Yunhewan"), ("御码头", "Yumatou"),
        ("石码头", "Shimatou"), ("漕运", "Caoyun"), ("越河", "Yuehe"),
        ("闸口", "Zhakou"), ("水门桥", "Shuimenqiao"),
        ("南船", "Nanchuan"), ("河堤", "Hedi"), ("盐仓", "Yancang"),
        ("若飞桥", "Ruofeiqiao"), ("清江", "Qingjiang"),
    ),
    "river": (
        ("古清", "Guqing"), ("柳树湾", "Liushuwan"), ("渡口", "Dukou"), ("圩北", "Weibei"), ("芦滩", "Lutan"),
        ("大堤", "Dadi"), ("北岸", "Bei'an"),
        ("河湾", "Hewan"), ("杨庄渡", "Yangzhuangdu"), ("青年渠", "Qingnianqu"),
        ("老坝口", "Laobakou"),
    ),
    "centre": (
        ("淮海广场", "Huaihai Square"), ("解放", "Jiefang"),
        ("健康", "Jiankang"), ("翔宇", "Xiangyu"), ("水渡口", "Shuidukou"),
        ("承德", "Chengde"), ("新民", "Xinmin"), ("北门", "Beimen"),
    ),
    "walk-up": (
        ("和平", "Heping"), ("光明", "Guangming"),
        ("新华", "Xinhua"), ("纺织", "Fangzhi"), ("向阳", "Xiangyang"),
        ("友谊", "Youyi"), ("前进", "Qianjin"), ("胜利", "Shengli"), ("曙光", "Shuguang"), ("建设", "Jianshe"),
        ("红光", "Hongguang"), ("化工", "Huagong"),
        ("电厂", "Dianchang"), ("先锋", "Xianfeng"), ("幸福", "Xingfu"),
        ("劳动", "Laodong"), ("通甫", "Tongfu"), ("果园", "Guoyuan"), ("半岛", "Bandao"), ("大庆", "Daqing"),
    ),
    "tower": (
        ("锦绣", "Jinxiu"), ("金桂", "Jingui"), ("翠湖", "Cuihu"), ("康城", "Kangcheng"), ("书香", "Shuxiang"),
        ("明远", "Mingyuan"), ("银川", "Yinchuan"),
        ("东湖", "Donghu"), ("盛世", "Shengshi"), ("香樟", "Xiangzhang"),
        ("学府", "Xuefu"), ("丰泽", "Fengze"),
    ),
    "industry": (
        ("开发", "Kaifa"), ("工业园", "Gongyeyuan"),
        ("创业", "Chuangye"), ("南站", "Nanzhan"), ("仓桥", "Cangqiao"),
        ("新港", "Xingang"),
    ),
    "fields": (
        ("韩庄", "Hanzhuang"), ("徐杨", "Xuyang"), ("沈桥", "Shenqiao"), ("王圩", "Wangwei"), ("高渡", "Gaodu"),
        ("蒋桥", "Jiangqiao"), ("李圩", "Liwei"),
        ("孙大庄", "Sundazhuang"), ("柏庄", "Baizhuang"), ("河东", "Hedong"),
    ),
}  # fmt: skip

# What a ground without residents is called: the ends of its name; the first part comes from the road beside it.
GROUNDS: dict[str, tuple[tuple[str, str], ...]] = {
    "school": (("小学", "Primary School"), ("中学", "Middle School"), ("实验学校", "Experimental School")),
    "hospital": (("医院", "Hospital"), ("中医院", "Hospital of Chinese Medicine")),
    "market": (("农贸市场", "Market"), ("菜市场", "Food Market")),
    "park": (("公园", "Park"), ("游园", "Garden"), ("体育公园", "Sports Park")),
    "campus": (("学院", "College"), ("技师学院", "Technical College"), ("师范学院", "Normal College")),
    "factory": (
        ("机械厂", "Machine Works"), ("纺织厂", "Textile Mill"),
        ("电子厂", "Electronics Works"), ("食品厂", "Food Works"),
        ("工业园", "Industrial Estate"),
    ),
    "dormitory": (("职工宿舍", "Workers' Quarters"), ("公寓楼", "Lodgings")),
}  # fmt: skip
