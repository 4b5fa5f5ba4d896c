"""From text to values. What cannot be read becomes null; the checks say so afterwards."""

import polars as pl

MAX_SECONDS = 1e11
"""A larger number of seconds would be in the year 5138: it counts milliseconds."""
MAX_MILLISECONDS = 1e14

ISO_WITH_ZONE = "%Y-%m-%d %H:%M:%S%.f%#z"
ISO_IN_UTC = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
ISO_DAY = "%Y-%m-%d"


def trimmed(column: str) -> pl.Expr:
    """Without spaces around it; null where nothing is left."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text).alias(column)


def number(column: str) -> pl.Expr:
    """float32; null where the text is no finite number."""
    value = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value).cast(pl.Float32)


def moments(texts: pl.Series) -> pl.Series:
    """Datetime("us", "UTC") of Unix seconds, milliseconds or microseconds, or of ISO 8601.

    Which of the three a number counts is told by its size. A time without a zone is in UTC.
    """
    moments = _of_numbers(texts.cast(pl.Float64, strict=False))
    if moments.null_count() == texts.null_count():
        return moments
    return pl.DataFrame({"number": moments, "iso": _of_iso(texts)}).select(
        pl.coalesce("number", "iso")
    )["number"]


def _of_numbers(numbers: pl.Series) -> pl.Series:
    value = pl.col("value")
    microseconds = (
        pl.when(value.abs() < MAX_SECONDS)
        .then(value * 1e6)
        .when(value.abs() < MAX_MILLISECONDS)
        .then(value * 1e3)
        .otherwise(value)
    )
    whole = microseconds.round().cast(pl.Int64, strict=False)
    return pl.DataFrame({"value": numbers}).select(whole.cast(pl.Datetime("us", "UTC")))["value"]


def _of_iso(texts: pl.Series) -> pl.Series:
    spaced = texts.str.replace("T", " ", literal=True).str.replace("Z$", "+0000")
    with_zone = spaced.str.to_datetime(ISO_WITH_ZONE, time_unit="us", strict=False)
    plain = [spaced.str.to_datetime(form, time_unit="us", strict=False) for form in ISO_IN_UTC]
    day = spaced.str.to_date(ISO_DAY, strict=False).cast(pl.Datetime("us"))
    tried = [with_zone.dt.convert_time_zone("UTC")]
    tried += [found.dt.replace_time_zone("UTC") for found in (*plain, day)]
    named = pl.DataFrame({f"form_{at}": found for at, found in enumerate(tried)})
    return named.select(pl.coalesce(pl.all()).alias("iso"))["iso"]
