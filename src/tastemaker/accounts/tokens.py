"""The secret in a browser's cookie, and what is derived from it."""

import hashlib
import hmac


def token_hash(token: str) -> str:
    """What the database keeps: who reads it cannot act for anybody."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def csrf_token(token: str) -> str:
    """Known to pages of this site only, which prove with it that a write comes from them."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def csrf_fits(token: str, given: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(csrf_token(token).encode(), given.encode("utf-8", "replace"))
