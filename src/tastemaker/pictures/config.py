"""Where pictures come from and how long they are kept."""

from pydantic import BaseModel, Field, HttpUrl, SecretStr


class PicturesConfig(BaseModel, frozen=True, extra="forbid"):
    tmdb_key: SecretStr | None = None  # none: no outside picture is ever asked for
    api_url: HttpUrl = HttpUrl("https://api.themoviedb.org/3")  # films
    image_url: HttpUrl = HttpUrl("https://image.tmdb.org/t/p")  # picture files
    max_cache_bytes: int = Field(default=2 * 2**30, ge=2**20)  # the least used make room
    max_age_days: float = Field(default=180.0, gt=0, le=180)  # the API's terms allow no more
    missing_age_days: float = Field(default=7.0, gt=0)  # a film without a picture is asked again
    timeout_s: float = Field(default=5.0, gt=0, le=60)  # of one request outside
    max_picture_bytes: int = Field(default=8 * 2**20, ge=2**10)  # larger ones are not taken
    n_connections: int = Field(default=8, ge=1, le=64)  # requests outside at the same time
    max_waiting: int = Field(default=64, ge=0)  # more are answered as "no picture" at once
    pause_s: float = Field(default=30.0, gt=0)  # after failures outside nothing is asked
