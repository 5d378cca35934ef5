"""The search of a whole city: one task a community or street, on any number of processes or machines.

Tasks share nothing: parts never cross the units of the level above, so each of these is a problem of its own, with a
seed and steps of its own. The answers are put together again and judged as one plan.
"""

from boundaries.city.searching import CITY_BLOCKS, is_city, propose_city
from boundaries.city.steps import CitySteps

__all__ = ["CITY_BLOCKS", "CitySteps", "is_city", "propose_city"]
