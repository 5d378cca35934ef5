"""What the engine answers: proposals, proven impossibilities, and rules it did not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

StoppedBy = Literal["steps", "time", "cancel", "proof"]
Proven = Literal["optimal", "infeasible"]


@dataclass(frozen=True)
class Reason:
    """A proven impossibility; ``str()`` is the English sentence.

    Parameters
    ----------
    rule
        Key of the rule: ``block_above_band``, ``parent_count``, ``piece_count``, ``total_count``,
        ``articulation``, ``out_of_reach``, ``out_of_proportion``, ``no_division``.
    parent
        Name of the parent, empty when all are meant.
    blocks
        Names of the blocks that cannot be placed.
    parts
        Number of parts that break a rule because of it; 0 when it is not one part.
    message
        The sentence.
    relaxation
        The nearest change of a rule that would lift it.
    figures
        Numbers of the sentence by name, for another language.
    """

    rule: str
    parent: str
    blocks: tuple[str, ...]
    parts: int
    message: str
    relaxation: str
    figures: Mapping[str, float | str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.message} {self.relaxation}".strip()


@dataclass(frozen=True)
class Unmet:
    """A hard rule that the best proposal breaks; ``str()`` is the English sentence.

    Parameters
    ----------
    rule
        ``band:COLUMN``, ``parent_count``, ``total_count`` or ``together``.
    parent
        Name of the parent, empty when all are meant.
    blocks
        Names of the blocks of the part.
    parts
        Labels of the parts in the proposal.
    message
        The sentence.
    reason
        The proven impossibility behind it, or None: not reached in the budget.
    figures
        Numbers of the sentence by name, for another language.
    """

    rule: str
    parent: str
    blocks: tuple[str, ...]
    parts: tuple[int, ...]
    message: str
    reason: Reason | None = None
    figures: Mapping[str, float | str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, eq=False)
class Proposal:
    """One division: ``part`` (n,) int, 0 .. k-1 (exempt parts last), and ``scores`` by goal, smaller is better."""

    part: NDArray[np.int64]
    scores: Mapping[str, float]


class Finish(NamedTuple):
    """How far the clock let a search come beside its steps: None stands for all that was to be done.

    ``recombined`` pieces were recombined, ``settled`` small ones asked for their exact answer and ``recounted``
    other counts of parts tried.
    """

    recombined: int | None = None
    settled: int | None = None
    recounted: int | None = None


class Steps(int):
    """Number of steps done; given back as ``steps=`` it makes the same plan, also after a stop by the clock.

    ``per_start`` holds, lap by lap, for every start the steps its cooling was planned for and those it did;
    ``finish`` what was done beside them.
    """

    per_start: tuple[tuple[int, int], ...]
    finish: Finish

    def __new__(cls, per_start: Sequence[tuple[int, int]], finish: Sequence[int | None] = (0, 0, 0)) -> Self:
        """Sum the steps of all starts."""
        made = super().__new__(cls, sum(done for _, done in per_start))
        made.per_start = tuple((int(planned), int(done)) for planned, done in per_start)
        made.finish = Finish(*finish)
        return made


@dataclass(frozen=True, eq=False)
class Answer:
    """The engine's answer.

    Parameters
    ----------
    proposals
        Best first; never empty.
    reasons
        Proven impossibilities only; empty when there are none.
    unmet
        Hard rules the best proposal breaks, each with its reason when it is proven.
    proven
        "optimal", "infeasible" or None.
    lower_bound
        No plan that keeps the hard rules has a smaller weighted sum of goals; None when nothing above 0 is known.
    steps_done
        An int that also works as ``steps=`` of a run that is to give the same plan.
    stopped_by
        What ended the search.
    notes
        What the reader should know about the scores, such as borders whose barriers are unknown.
    bounds
        Lower bound of each goal of which a positive one is known, on the scale of the scores.
    """

    proposals: list[Proposal]
    reasons: list[Reason]
    unmet: list[Unmet]
    proven: Proven | None
    lower_bound: float | None
    steps_done: Steps
    stopped_by: StoppedBy
    notes: list[str] = field(default_factory=list)
    bounds: Mapping[str, float] = field(default_factory=dict)
