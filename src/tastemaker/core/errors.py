"""Every error the platform raises on purpose.

TastemakerError
├── InputError            what was given cannot be used (422)
│   ├── FileUnreadable        missing, empty, wrong encoding, not the stated format
│   ├── ColumnMissing         a mapped column is not in the file
│   ├── TooManyRejected       more bad rows than `ingest.max_rejected`
│   ├── ConfigInvalid         unknown key or value out of range
│   ├── RequestInvalid        a field of a request is out of its bounds
│   ├── BodyTooLarge          a request is longer than the server reads (413)
│   └── NotJson               a request says it is something else than JSON (415)
├── NotFound              no such item, model, variant or data set (404)
├── Unauthorized          a key is needed and was not given, or is wrong (401)
│   ├── SignInNeeded          only a signed-in person may do this
│   └── WrongPassword         the name or the password does not fit
├── Forbidden             the person is known and may not do this (403)
├── TooManyAttempts       wait before the next try (429)
├── Conflict              the same thing is already there or under way (409)
├── ModelError            (500)
│   ├── ModelCorrupt          files missing, cut or of another version
│   └── NotEnoughData         too little to fit this model
│       └── ExtraMissing          a library that only it needs is not installed
└── EnvironmentProblem    the machine, not the request (503)
    ├── PortTaken
    ├── ProcessEnded          one of its own was ended from outside
    ├── DiskFull
    ├── StoreUnavailable      the database or a folder cannot be reached
    │   └── StoreNewer            a newer version of the platform has written it
    ├── StoreBusy             more writes wait than the store takes on
    ├── BusUnavailable        the bus between the roles cannot be reached
    ├── SlatesUnavailable     the stored slates cannot be reached
    ├── SlateLogUnavailable   the log of slates shown cannot be reached
    └── BlobsUnavailable      the files cannot be reached

Every error says what happened, where, and what to do next.
"""

from functools import partial
from typing import ClassVar


class TastemakerError(Exception):
    """what: the fact. where: file, line, field or address. next_step: what the reader should do."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __reduce__(self) -> tuple[object, ...]:
        # Fields given by keyword do not cross a process boundary by themselves.
        return (partial(type(self), where=self.where, next_step=self.next_step), (self.what,))

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        step = f" {self.next_step}" if self.next_step else ""
        return f"{self.what}{place}.{step}"


class InputError(TastemakerError):
    status = 422
    title = "Unusable input"


class FileUnreadable(InputError):
    title = "File cannot be read"


class ColumnMissing(InputError):
    title = "Column missing"


class TooManyRejected(InputError):
    title = "Too many rows rejected"


class ConfigInvalid(InputError):
    title = "Configuration invalid"


class RequestInvalid(InputError):
    title = "Request invalid"


class BodyTooLarge(InputError):
    status = 413
    title = "Request too large"


class NotJson(InputError):
    status = 415
    title = "Request not JSON"


class NotFound(TastemakerError):
    status = 404
    title = "Not found"


class Unauthorized(TastemakerError):
    status = 401
    title = "Key needed"


class SignInNeeded(Unauthorized):
    title = "Sign in first"


class WrongPassword(Unauthorized):
    title = "Name or password wrong"


class Forbidden(TastemakerError):
    status = 403
    title = "Not allowed"


class TooManyAttempts(TastemakerError):
    """retry_after_s: whole seconds until a try can succeed again, at least 1."""

    status = 429
    title = "Too many attempts"

    def __init__(self, what: str, *, retry_after_s: int, where: str = "", next_step: str) -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.retry_after_s = retry_after_s


class Conflict(TastemakerError):
    status = 409
    title = "Conflict"


class ModelError(TastemakerError):
    title = "Model cannot be used"


class ModelCorrupt(ModelError):
    title = "Model damaged"


class NotEnoughData(ModelError):
    title = "Not enough data"


class ExtraMissing(NotEnoughData):
    title = "Not installed"


class EnvironmentProblem(TastemakerError):
    status = 503
    title = "Service not available"


class PortTaken(EnvironmentProblem):
    title = "Port taken"


class ProcessEnded(EnvironmentProblem):
    title = "Process ended"


class DiskFull(EnvironmentProblem):
    title = "Disk full"


class StoreUnavailable(EnvironmentProblem):
    title = "Store not available"


class StoreNewer(StoreUnavailable):
    title = "Store of a newer version"


class StoreBusy(EnvironmentProblem):
    title = "Store busy"


class BusUnavailable(EnvironmentProblem):
    title = "Bus not available"


class SlatesUnavailable(EnvironmentProblem):
    title = "Stored slates not available"


class SlateLogUnavailable(EnvironmentProblem):
    title = "Log of slates not available"


class BlobsUnavailable(EnvironmentProblem):
    title = "Files not available"
