"""Names and codes of units that an edit makes or moves: provisional, until adoption fixes the codes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boundaries.codes import FIRST_NUMBERS, LENGTHS, give_codes
from boundaries.names import SUFFIXES
from boundaries.naming import chinese_number, english_name
from boundaries.redraw.changes import Attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

_DIGITS = {level: length for length, level in LENGTHS.items()}


@dataclass(frozen=True)
class NewUnit:
    """A unit to be made: what its name, code and id follow from, asked for."""

    state: State
    level: str
    type: str
    parent: int | None
    name: str | None
    siblings: Sent | None
    codes: Sent | None
    id: Sent

    def made(self, name_en: str | None = None) -> tuple[int, Attributes]:
        """Return the permanent id and the attributes of the unit."""
        name = self.name
        if name is None:
            siblings = self.state.siblings(self.level, self.parent, self.siblings)
            name, english = _provisional_names(self.state, self.level, self.type, self.parent, siblings)
            name_en = name_en or english
        code = Codes(self.state).under(self.parent, self.level, self.type, known=self.codes)
        unit = int(self.id.rows()[0][0])
        self.state.new_units.add(unit)
        return unit, Attributes(self.level, self.parent, name.strip(), name_en, code, self.type)


def ask_new_unit(state: State, level: str, type_: str, parent: int | None, name: str | None) -> NewUnit:
    """Ask for all that a new unit needs.

    Parameters
    ----------
    name
        None for one such as 西门社区第七网格.
    """
    siblings = state.ask_siblings(level, parent) if name is None else None
    codes = Codes(state).ask(parent, level, type_)
    return NewUnit(state, level, type_, parent, name, siblings, codes, state.ask_new_id(level))


def _provisional_names(
    state: State, level: str, type_: str, parent: int | None, siblings: Mapping[int, Attributes]
) -> tuple[str, str | None]:
    """Return names such as 西门社区第七网格 and Ximen Community Cell 7 that no sibling has.

    Under a parent without an English name there is no second one.
    """
    taken = {name for known in siblings.values() for name in (known.name, known.name_en)}
    above = state.unit(parent) if parent is not None else None
    stem, english = (above.name, above.name_en) if above is not None else ("", "")
    suffix = SUFFIXES[level].get(type_, next(iter(SUFFIXES[level].values())))[0]
    number = len(siblings) + 1
    while True:
        name = f"{stem}第{chinese_number(number)}{suffix}"
        name_en = None if english is None else english_name(english, level, number)
        if name not in taken and (name_en is None or name_en not in taken):
            return name, name_en
        number += 1


@dataclass
class Codes:
    """Gives codes by the published rule that no unit of the district ever had; each is given once."""

    state: State
    given: set[str] = field(default_factory=set)

    def ask(self, parent: int | None, level: str, type_: str) -> Sent | None:
        """Ask for the codes that units under a parent have or had; None where the rule gives none."""
        stem = self._stem(parent, level, type_)
        query = (
            "SELECT code, unit_id FROM plan_unit "
            # What begins with the stem, as the index has it; LIKE finds the index only for a stem known when planning.
            "WHERE district_id = :district AND level = :level AND code ~>=~ :stem AND code ~<~ (:stem || '~')"
        )
        return self.state.send(query, level=level, stem=stem) if stem is not None else None

    def under(
        self,
        parent: int | None,
        level: str,
        type_: str,
        unit: int | None = None,
        known: Sent | None = None,
    ) -> str | None:
        """Return a code for a unit under a parent; None where the rule gives none.

        That is so in districts without a code, under parents without one by the rule, and for cells that nobody
        has drawn. A unit that had a code under this parent in any plan gets it back.

        Parameters
        ----------
        known
            Of `ask`, where it was asked before.
        """
        stem = self._stem(parent, level, type_)
        asked = known or self.ask(parent, level, type_)
        if stem is None or asked is None:
            return None
        used = self.given.copy()
        own: set[str] = set()
        for code, holder in asked.rows():
            (own if holder == unit else used).add(code)
        free = sorted(own - used)
        code = free[0] if free else give_codes(level, stem, [type_], [[0.0, 0.0]], ever_used=used)[0]
        self.given.add(code)
        return code

    def _stem(self, parent: int | None, level: str, type_: str) -> str | None:
        district = self.state.district
        stem = district.code if parent is None else self.state.unit(parent).code
        fits = stem is not None and stem.isascii() and stem.isdigit() and len(stem) == _DIGITS[level] - 3
        return stem if district.code is not None and fits and type_ in FIRST_NUMBERS[level] else None


Moved = dict[int, tuple[Attributes, Attributes]]


def moved_unit(state: State, codes: Codes, unit: int, parent: int, stem: str | None = None) -> Moved:
    """Return a unit under another parent, with a code that follows it, and all below it with codes that follow that.

    Parameters
    ----------
    stem
        Code of the unit that is already decided.
    """
    before = state.unit(unit)
    code = stem or codes.under(parent, before.level, before.type, unit) or before.code
    after = replace(before, parent_id=parent, code=code)
    return {unit: (before, after), **recoded_below(state, unit, before.code, code)}


def recoded_below(state: State, unit: int, old: str | None, new: str | None) -> Moved:
    """Return all units below one whose codes began with its old code, with codes that begin with the new one."""
    if old is None or new is None or old == new:
        return {}
    found: Moved = {}
    parents = [unit]
    while parents:
        children = [one for under in state.children_of(parents).values() for one in under.items()]
        for child, before in children:
            if before.code is not None and before.code.startswith(old):
                found[child] = (before, replace(before, code=new + before.code[len(old) :]))
        parents = [child for child, before in children if before.level != state.lowest]
    return found
