"""One table from every kind of failure to its exit code, HTTP status and key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boundaries.errors import (
    ActorError,
    ArgumentError,
    BoundaryError,
    CodeTakenError,
    EditError,
    ExportError,
    ImportFileError,
    LastBlockError,
    LineRefusedError,
    LockedError,
    NameTakenError,
    NotContiguousError,
    NotDraftError,
    NotFoundError,
    NothingToDoError,
    NothingToRedoError,
    NothingToUndoError,
    NotTouchingError,
    PlanError,
    SchedulerError,
    StaleError,
    StandsOnError,
    StorageError,
    UnknownBlockError,
    UnknownUnitError,
    WrongLevelError,
    WrongParentError,
)
from boundaries.planning.errors import ConflictsError, NotReadyError, WrongStateError
from geo.errors import CoverageError, CrsError, GeoError


class ApiError(Exception):
    """Base of the errors of the doors themselves; its message says what to do next."""


class PortInUseError(ApiError):
    """The port that was asked for is taken."""


class AlreadyRunningError(ApiError):
    """Another ``up`` runs on the same data folder."""


class RevisionMissingError(ApiError):
    """A change was sent without saying which revision of the plan its sender knows."""


class PageBuildError(ApiError):
    """The web page could not be built."""


class ToolMissingError(ApiError):
    """A program that the tests need is missing and may not be installed."""


class JobFailedError(ApiError):
    """A job ended without a result."""


class JobCancelledError(ApiError):
    """A job was cancelled."""


@dataclass(frozen=True)
class Failure:
    """How a kind of failure leaves the house."""

    exit_code: int
    status: int
    key: str


TABLE: dict[type[Exception], Failure] = {
    BoundaryError: Failure(10, 422, "refused"),
    NotFoundError: Failure(11, 404, "not-found"),
    PlanError: Failure(12, 422, "plan"),
    StorageError: Failure(13, 503, "storage"),
    ImportFileError: Failure(14, 422, "import"),
    ExportError: Failure(15, 422, "export"),
    ArgumentError: Failure(16, 422, "argument"),
    SchedulerError: Failure(17, 503, "scheduler"),
    EditError: Failure(40, 422, EditError.key),
    ActorError: Failure(41, 400, ActorError.key),
    StaleError: Failure(42, 412, StaleError.key),
    StandsOnError: Failure(43, 422, StandsOnError.key),
    LockedError: Failure(44, 422, LockedError.key),
    LastBlockError: Failure(45, 422, LastBlockError.key),
    NotContiguousError: Failure(46, 422, NotContiguousError.key),
    NotTouchingError: Failure(47, 422, NotTouchingError.key),
    NameTakenError: Failure(48, 422, NameTakenError.key),
    CodeTakenError: Failure(49, 422, CodeTakenError.key),
    WrongParentError: Failure(50, 422, WrongParentError.key),
    WrongLevelError: Failure(51, 422, WrongLevelError.key),
    NotDraftError: Failure(52, 422, NotDraftError.key),
    NothingToDoError: Failure(53, 422, NothingToDoError.key),
    NothingToUndoError: Failure(54, 422, NothingToUndoError.key),
    NothingToRedoError: Failure(55, 422, NothingToRedoError.key),
    UnknownUnitError: Failure(56, 422, UnknownUnitError.key),
    UnknownBlockError: Failure(57, 422, UnknownBlockError.key),
    LineRefusedError: Failure(58, 422, LineRefusedError.key),
    WrongStateError: Failure(60, 422, WrongStateError.key),
    NotReadyError: Failure(61, 422, NotReadyError.key),
    ConflictsError: Failure(62, 409, ConflictsError.key),
    GeoError: Failure(20, 422, "geometry"),
    CoverageError: Failure(21, 422, "coverage"),
    CrsError: Failure(22, 422, "crs"),
    ApiError: Failure(30, 500, "api"),
    PortInUseError: Failure(31, 500, "port-in-use"),
    AlreadyRunningError: Failure(32, 500, "already-running"),
    PageBuildError: Failure(33, 500, "page-build"),
    ToolMissingError: Failure(34, 500, "tool-missing"),
    JobFailedError: Failure(35, 500, "job-failed"),
    JobCancelledError: Failure(36, 409, "job-cancelled"),
    RevisionMissingError: Failure(37, 428, "precondition-required"),
}

INTERNAL = Failure(70, 500, "internal")


def failure_of(error: BaseException) -> Failure | None:
    """Return how an error leaves the house, or None for one that no floor announced."""
    found = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    if found is not None and isinstance(error, EditError):
        return replace(found, key=error.key)  # a refused line says itself in which way
    return found
