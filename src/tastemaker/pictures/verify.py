"""Is it really a picture? What comes from outside is believed only after a look at it."""

import io

from PIL import Image

_MEDIA_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
}
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 4_000 * 6_000


def is_picture(content: bytes) -> bool:
    """A whole JPEG, PNG or WebP picture of a sane size."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width_px, height_px = picture.size
            if width_px * height_px > MAX_PIXELS:
                return False
            picture.load()
    # Pillow warns of pictures that unpack to far more than they weigh.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning):
        return False
    return media_type(content) is not None


def media_type(content: bytes) -> str | None:
    """Of something that was verified before; None where it is none of these."""
    return next((kind for start, kind in _MEDIA_TYPES.items() if content.startswith(start)), None)
