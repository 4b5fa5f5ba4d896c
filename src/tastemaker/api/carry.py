"""Bring one's ratings along, and take everything away."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import BaseModel, Field

from tastemaker.accounts.export import export_zip
from tastemaker.accounts.imports.match import Matcher
from tastemaker.accounts.imports.read import FormatName, read_file
from tastemaker.accounts.imports.run import import_rows
from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import Reader, Writer

router = APIRouter(prefix=PREFIX, tags=["me"])

_MAX_LISTED = 500


class UnmatchedLine(BaseModel):
    line: int = Field(description="In the file, from 1.")
    title: str
    year: int | None
    table: str = Field(description="In an archive; empty for a single table.")


class RejectedLine(BaseModel):
    line: int
    reason: str
    table: str = Field(description="In an archive; empty for a single table.")


class ImportAnswer(BaseModel):
    format: str = Field(description="As recognised.")
    is_dry_run: bool
    n_rows: int
    n_matched: int = Field(description="Rows of items the catalogue has.")
    n_new: int = Field(description="Items about which the file says something new.")
    n_unmatched: int
    n_rejected: int
    unmatched: list[UnmatchedLine] = Field(description="The first 500.")
    rejected: list[RejectedLine] = Field(description="The first 500.")


_EXAMPLE: dict[str, Any] = {
    "format": "letterboxd",
    "is_dry_run": True,
    "n_rows": 3,
    "n_matched": 1,
    "n_new": 1,
    "n_unmatched": 1,
    "n_rejected": 1,
    "unmatched": [{"line": 3, "title": "A Film Nobody Has", "year": 1999, "table": ""}],
    "rejected": [{"line": 4, "reason": "rating is out of range: '11'", "table": ""}],
}


@router.get(
    "/me/export",
    summary="Take everything along",
    description="A zip archive: `items.csv`, which an import takes, and `account.json` with the"
    " profile and every event, and `picture.webp` where there is one.",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
        **problems(401, 503),
    },
)
def export(services: UsedServices, storefront: UsedStorefront, reader: Reader) -> Response:
    account = reader.account
    picture = storefront.faces.of_id(account.account_id)
    content = export_zip(account, storefront.own_items, services.catalogue, picture)
    headers = {
        "Content-Disposition": 'attachment; filename="tastemaker.zip"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)


@router.post(
    "/me/import",
    summary="Bring ratings and lists along",
    description="A CSV file of MovieLens, Letterboxd, IMDb or of an export from here, or the whole"
    " archive of Letterboxd or of this server. A dry run, the default, only tells what would"
    " happen. An import only adds: what was said here stays.",
    response_model=ImportAnswer,
    responses=example(_EXAMPLE) | problems(401, 403, 413, 422, 503),
)
def bring(
    services: UsedServices,
    storefront: UsedStorefront,
    writer: Writer,
    file: Annotated[UploadFile, File(description="CSV, or a zip of it.")],
    format: Annotated[FormatName, Query()] = FormatName.AUTO,  # noqa: A002
    dry_run: Annotated[bool, Query()] = True,
) -> JsonAnswer:
    max_rows = storefront.own_items.config.max_import_rows
    read = read_file(file.file.read(), file.filename or "", format, max_rows)
    report = import_rows(
        read,
        Matcher.of(services.catalogue),
        storefront.own_items,
        writer.account,
        dry_run=dry_run,
    )
    return JsonAnswer(
        {
            "format": report.format,
            "is_dry_run": report.is_dry_run,
            "n_rows": report.n_rows,
            "n_matched": report.n_matched,
            "n_new": report.n_new,
            "n_unmatched": len(report.unmatched),
            "n_rejected": len(report.rejected),
            "unmatched": report.unmatched[:_MAX_LISTED],
            "rejected": report.rejected[:_MAX_LISTED],
        }
    )
