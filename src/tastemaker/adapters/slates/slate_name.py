"""The key of a slate as one text: `recommendations:{user_id}:{model}`, the same on every server
that keeps slates by a text."""

from tastemaker.core.stored_slate import SlateKey, SlateKind

_PREFIXES = {SlateKind.USER: "recommendations", SlateKind.ITEM: "similar"}
_KINDS = {prefix: kind for kind, prefix in _PREFIXES.items()}


def name_of(key: SlateKey) -> str:
    return f"{_PREFIXES[key.kind]}:{_quote(key.owner_id)}:{_quote(key.variant)}"


def key_of(name: str) -> SlateKey:
    """Of what `name_of` made."""
    prefix, owner_id, variant = name.split(":")
    return SlateKey(_KINDS[prefix], _unquote(owner_id), _unquote(variant))


def _quote(text: str) -> str:
    """Without the colon that parts a name."""
    return text.replace("%", "%25").replace(":", "%3A")


def _unquote(text: str) -> str:
    return text.replace("%3A", ":").replace("%25", "%")
