"""Balanced, connected, nested divisions of a graph of blocks.

A `Problem` says what is divided and which rules hold; `propose` answers with proposals, with proven
impossibilities, or with the rules it did not reach.
"""

from boundaries.balancing.answer import Answer, Proposal, Reason, Steps, Unmet
from boundaries.balancing.errors import ProblemError
from boundaries.balancing.problem import Band, Problem
from boundaries.balancing.proposing import propose

__all__ = ["Answer", "Band", "Problem", "ProblemError", "Proposal", "Reason", "Steps", "Unmet", "propose"]
