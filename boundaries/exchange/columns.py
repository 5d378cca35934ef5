"""Which column of a file is which field of a layer: given by the user, or guessed from known names."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from boundaries.errors import ImportFileError
from boundaries.exchange.tabular import plain_name
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport

KNOWN: dict[str, tuple[str, ...]] = {
    "key": ("key", "block_key", "block", "geoid20", "geoid10", "geoid", "geocode", "编码", "编号", "代码", "code"),
    "name": ("name", "名称", "名字", "nom", "nombre", "label"),
    "name_en": ("name_en", "english_name", "英文名", "英文名称"),
    "code": ("code", "编码", "代码", "编号", "unit_code", "census_id", "geoid20", "geoid10", "geoid"),
    "type": ("type", "类型", "性质"),
    "use": ("use", "landuse", "land_use", "用途", "用地", "用地类型"),
    "residents": ("residents", "户籍人口", "常住人口", "totpop", "population", "pop", "totpop20", "totpop10", "pop20",
                  "pop10", "pop100", "人口", "人口数", "居民", "居民数"),
    "floating": ("floating", "流动人口", "外来人口", "暂住人口"),
    "households": ("households", "户数", "家庭户", "家庭户数", "总户数", "tothh", "hh", "totalhh"),
    "street": ("street", "街道", "所属街道", "街道名称"),
    "street_code": ("street_code", "街道编码", "街道代码"),
    "street_type": ("street_type", "街道类型"),
    "street_name_en": ("street_name_en",),
    "community": ("community", "社区", "所属社区", "社区名称", "ward", "wards", "ward_name"),
    "community_code": ("community_code", "社区编码", "社区代码"),
    "community_type": ("community_type", "社区类型"),
    "community_name_en": ("community_name_en",),
    "cell": ("cell", "网格", "所属网格", "网格名称"),
    "cell_code": ("cell_code", "网格编码", "网格代码"),
    "cell_type": ("cell_type", "网格类型"),
    "cell_name_en": ("cell_name_en",),
    "count_date": ("count_date", "统计日期", "统计时间"),
    "floors": ("floors", "层数", "楼层", "building_levels", "levels", "storeys"),
    "class": ("class", "等级", "道路等级", "highway", "fclass", "roadclass", "type", "类型"),
    "width_m": ("width_m", "width", "宽度", "路宽"),
    "bridge": ("bridge", "桥", "桥梁"),
    "kind": ("kind", "类别", "种类", "类型", "waterway", "natural", "fclass", "amenity", "type"),
    "level": ("level", "级别", "层级"),
    "windows": ("windows", "窗口", "窗口数"),
    "offers": ("offers", "services", "服务事项", "事项", "服务"),
    "unit": ("unit", "unit_code", "所属单元"),
    "time": ("time", "datetime", "at", "timestamp", "created", "created_at", "时间", "发生时间", "上报时间", "date",
             "日期"),
    "category": ("category", "类别", "事件类别", "类型", "事件类型", "offense", "complaint_type", "type"),
    "tier": ("tier", "级别", "事件级别", "等级"),
    "source": ("source", "来源", "事件来源", "渠道"),
}  # fmt: skip
"""Field to the names it is known by, best first."""


def map_columns(
    table: Table,
    fields: Sequence[str],
    given: Mapping[str, str],
    report: ImportReport,
    *,
    required: Sequence[str] = (),
    measures: bool = False,
) -> dict[str, str]:
    """Match fields with columns, say so in the report, and name what was not taken.

    Parameters
    ----------
    fields
        Fields the layer has.
    given
        Field to column, as the user said; an empty column means "do not read this field". Several columns
        joined by "+" make one field of them.
    required
        Fields without which the layer cannot be read.
    measures
        Whether further fields may be given, each a count under its own name.

    Raises
    ------
    ImportFileError
        When a given or required column is missing, naming the columns there are and the nearest one.
    """
    there = table.columns
    mapping: dict[str, str] = {}
    for field, column in given.items():
        if field not in fields and not measures:
            raise ImportFileError(
                Said(
                    "file-no-field",
                    '{layer} have no field "{field}"; fields are {fields}{nearest}.',
                    layer=report.layer,
                    field=field,
                    fields=list(fields),
                    nearest=_nearest(field, fields),
                )
            )
        if column:
            mapping[field] = _column(table, field, column)
    by_name = {plain_name(column): column for column in reversed(there)}
    for field in fields:
        if field in given:
            continue
        found = [by_name[plain_name(known)] for known in KNOWN[field] if plain_name(known) in by_name]
        if found:
            mapping[field] = found[0]
        if field in ("residents", "floating", "households") and len(found) > 1:
            report.notes.append(
                Said(
                    "file-read-from",
                    '{measure} read from "{column}"; also there: {others}',
                    measure=field,
                    column=found[0],
                    others=found[1:],
                )
            )
    missing = [field for field in required if field not in mapping]
    if missing:
        raise ImportFileError(
            Said(
                "file-column-needed",
                '{file} has no column for "{field}"; give it with --column {field}=COLUMN. '
                "Columns there are: {columns}{nearest}.",
                file=table.source,
                field=missing[0],
                columns=_all(there),
                nearest=_nearest(missing[0], there),
            )
        )
    used = {
        part for column in mapping.values() for part in ([column] if column in there else column.split("+"))
    }
    report.mapping = mapping
    report.unused = [column for column in there if column not in used]
    return mapping


def _column(table: Table, field: str, asked: str) -> str:
    there = table.columns
    if asked in there:
        return asked
    same = [column for column in there if column.casefold() == asked.casefold()]
    if len(same) == 1:
        return same[0]
    if "+" in asked:
        return "+".join(_column(table, field, part.strip()) for part in asked.split("+"))
    raise ImportFileError(
        Said(
            "file-no-column",
            '{file} has no column "{column}" (asked for as {field}). Columns there are: {columns}{nearest}.',
            file=table.source,
            column=asked,
            field=field,
            columns=_all(there),
            nearest=_nearest(asked, there),
        )
    )


def _all(there: Sequence[str]) -> list[str] | Said:
    return list(there) or Said("none", "none")


def _nearest(asked: str, there: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in there}
    near = difflib.get_close_matches(asked.casefold(), list(folded), n=1, cutoff=0.6)
    return Said("file-nearest", '; the nearest is "{name}"', name=folded[near[0]]) if near else ""
