"""A picture that a person sent, made anew: one small square without anything hidden in the file."""

import io
import struct

from PIL import Image, ImageOps

from tastemaker.core.errors import RequestInvalid
from tastemaker.pictures.verify import FORMATS, MAX_PIXELS

SIDE_PX = 256
MEDIA_TYPE = "image/webp"
_QUALITY = 82
_FROM_PEOPLE = (*FORMATS, "GIF")


def squared(content: bytes) -> bytes:
    """Its middle, upright, as WebP; of a moving picture the first frame. Nothing of what cameras
    and programs write beside the picture is kept. Raises RequestInvalid."""
    try:
        with Image.open(io.BytesIO(content), formats=_FROM_PEOPLE) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refused(f"The picture has more than {MAX_PIXELS // 10**6} megapixels")
            # A JPEG is then unpacked no larger than it is needed.
            picture.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))
            plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            square = ImageOps.fit(plain, (SIDE_PX, SIDE_PX))
            upright = ImageOps.exif_transpose(square)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused("The picture unpacks to far more than it may") from error
    # What Pillow raises for files that are cut, mixed up or of another kind.
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, struct.error) as error:
        raise _refused("This is not a picture, or a damaged one") from error
    made = io.BytesIO()
    upright.save(made, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return made.getvalue()


def _refused(what: str) -> RequestInvalid:
    return RequestInvalid(what, where="body", next_step="Choose a JPEG, PNG, WebP or GIF picture.")
