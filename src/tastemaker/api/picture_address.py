"""Where pages find the picture of an account."""

from urllib.parse import urlencode

from tastemaker.api.prefix import PREFIX


def picture_address(name: str, picture_hash: str | None) -> str | None:
    """By the name, because nobody is told another one's id; with the hash, so that an address
    means one picture for good. None where there is no picture."""
    if picture_hash is None:
        return None
    return f"{PREFIX}/accounts/picture?{urlencode({'name': name, 'hash': picture_hash})}"
