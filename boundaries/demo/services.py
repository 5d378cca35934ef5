"""Halls with their windows and what they offer (R14), and the staff of units (R13, R30)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.demo.land import Use
from boundaries.demo.people import apportion
from boundaries.demo.rezoning import Rezoning
from boundaries.demo.tables import CRS

OFFERS: dict[str, tuple[str, ...]] = {
    "民政": ("低保申请", "临时救助", "婚姻登记预约", "高龄补贴"),
    "人社": ("城乡居民养老保险", "失业登记", "社保卡服务", "灵活就业登记"),
    "卫生": ("健康证办理", "儿童预防接种", "无偿献血登记", "居民健康档案"),
    "计生": ("生育服务证", "独生子女证", "流动人口婚育证明", "计划生育奖励"),
    "公安": ("户口迁移", "居住证办理", "身份证受理", "养犬登记"),
    "住建": ("公共租赁住房申请", "廉租住房补贴", "房屋租赁备案", "危房鉴定申请"),
    "城管": ("户外广告申请", "占道经营审批", "渣土运输备案", "店招审批"),
    "残联": ("残疾人证", "康复救助", "残疾人就业", "无障碍改造申请"),
    "司法": ("法律援助", "人民调解", "公证咨询", "社区矫正"),
    "教育": ("入学登记", "学前资助", "助学贷款", "转学办理"),
    "工商": ("个体工商户登记", "营业执照年检", "消费投诉"),
    "国税": ("纳税申报", "发票领用", "税务登记"),
    "地税": ("契税缴纳", "个人所得税证明", "房产税申报"),
    "国土": ("宅基地申请", "土地证查询", "征地补偿查询"),
    "环保": ("环境投诉", "排污申报", "环评备案"),
    "水务": ("供水报装", "水费缴纳", "排水许可"),
    "供电": ("用电报装", "电费缴纳", "停电报修"),
    "邮政": ("报刊订阅", "包裹收寄", "养老金代发"),
    "老龄": ("老年优待证", "居家养老", "老年食堂登记"),
    "团委": ("志愿者注册", "青年创业", "希望工程"),
    "妇联": ("妇女维权", "巾帼创业", "家庭教育"),
}
"""73 items of 21 units."""

WINDOWS = 63
COMMUNITY_STAFF, STREET_STAFF, TEMPORARY_STAFF = 252, 232, 566
BUILDING_HEADS, VETERANS, PROPERTY_STAFF = 3_050, 640, 790
SOURCE = "演示数据（按公开材料的数字合成）"

_HALL_USES = (Use.OFFICE, Use.SHOPS, Use.MARKET, Use.SCHOOL)


def make_service_points(
    plan: Rezoning, blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Give every street and community its hall, in a building of its own near where its people live.

    Returns
    -------
    GeoDataFrame
        key, name, name_en, kind, level, unit_key, offers (list), windows, geometry (points).
    """
    items = [item for unit in OFFERS.values() for item in unit]
    everyday = [
        item for name in ("民政", "人社", "卫生", "计生", "公安", "残联", "老龄") for item in OFFERS[name]
    ]
    rows = []
    used: set[int] = set()
    for level, kind, suffix, suffix_en, offers in (
        ("street", "street_hall", "便民服务中心", "Service Centre", items),
        ("community", "community_hall", "便民服务站", "Service Station", everyday),
    ):
        units = plan.units[plan.units["level"] == level]
        unit_of_building = plan.unit_of_block[level][_rows_of(blocks, buildings)]
        for unit in units.itertuples(index=False):
            at = _hall(buildings, np.flatnonzero(unit_of_building == unit.key), used)
            used.add(at)
            rows.append(
                (unit, kind, level, f"{unit.name}{suffix}", f"{unit.name_en} {suffix_en}", offers, at)
            )
    points = shapely.set_precision(
        shapely.point_on_surface(buildings.geometry.to_numpy()[[row[-1] for row in rows]]), 0.001
    )
    return gpd.GeoDataFrame(
        {
            "key": [f"P{i:03d}" for i in range(1, len(rows) + 1)],
            "name": [row[3] for row in rows],
            "name_en": [row[4] for row in rows],
            "kind": [row[1] for row in rows],
            "level": [row[2] for row in rows],
            "unit_key": [row[0].key for row in rows],
            "offers": [row[5] for row in rows],
            "windows": _windows(sum(row[2] == "street" for row in rows), len(rows)),
        },
        geometry=points,
        crs=CRS,
    )


def _windows(streets: int, halls: int) -> NDArray[np.int64]:
    """One window for every community hall, the rest shared by the street halls, which come first."""
    in_streets = apportion(WINDOWS - (halls - streets), np.ones(streets))
    return np.concatenate([in_streets, np.ones(halls - streets, dtype=np.int64)])


def _rows_of(blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of each building's block."""
    position = pd.Series(np.arange(len(blocks)), index=blocks["key"])
    rows: NDArray[np.int64] = position.loc[buildings["block_key"]].to_numpy(dtype=np.int64)
    return rows


def _hall(buildings: gpd.GeoDataFrame, members: NDArray[np.int64], used: set[int]) -> int:
    """Choose the building for a hall: an office, shop or school near the middle of the residents, else any."""
    xy = shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy()[members]))
    weight = buildings["residents"].to_numpy(dtype=float)[members] + 0.01
    middle = (xy * weight[:, None]).sum(axis=0) / weight.sum()
    fit = buildings["use"].isin([str(use) for use in _HALL_USES]).to_numpy()[members]
    far = np.hypot(*(xy - middle).T) + np.where(fit, 0.0, 600.0)
    return next(int(i) for i in members[np.argsort(far, kind="stable")] if int(i) not in used)


def make_staff(plan: Rezoning, blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Staff by unit and role, with the totals of the source: numbers only, no persons.

    Returns
    -------
    DataFrame
        unit_key, role, level, headcount, source. Every cell has a manager, every ordinary cell two volunteers and
        a linked cadre.
    """
    units = {level: plan.units[plan.units["level"] == level] for level in plan.levels}
    residents = {
        level: blocks["residents"]
        .groupby(plan.unit_of_block[level])
        .sum()
        .reindex(table["key"])
        .to_numpy(dtype=float)
        for level, table in units.items()
    }
    cells = units["cell"]
    ordinary = cells["type"].eq("ordinary").to_numpy()
    homes = (
        buildings["residents"].gt(0).groupby(plan.unit_of_block["cell"][_rows_of(blocks, buildings)]).sum()
    )
    heads = homes.reindex(cells["key"], fill_value=0).to_numpy(dtype=float)
    per_cell = residents["cell"] * ordinary
    tables = [
        ("street", "street_staff", apportion(STREET_STAFF, residents["street"])),
        ("community", "community_staff", apportion(COMMUNITY_STAFF, residents["community"])),
        ("community", "temporary_staff", apportion(TEMPORARY_STAFF, residents["community"])),
        ("cell", "manager", np.ones(len(cells), dtype=np.int64)),
        ("cell", "volunteer", np.where(ordinary, 2, 0)),
        ("cell", "linked_cadre", np.where(ordinary, 1, 0)),
        ("cell", "building_head", apportion(BUILDING_HEADS, heads * ordinary)),
        ("cell", "veteran", apportion(VETERANS, per_cell)),
        ("cell", "property_staff", apportion(PROPERTY_STAFF, per_cell)),
    ]
    parts = [
        pd.DataFrame(
            {
                "unit_key": units[level]["key"].to_numpy(),
                "role": role,
                "level": level,
                "headcount": headcount,
                "source": SOURCE,
            }
        )
        for level, role, headcount in tables
    ]
    staff = pd.concat(parts, ignore_index=True)
    return staff[staff["headcount"] > 0].reset_index(drop=True)
