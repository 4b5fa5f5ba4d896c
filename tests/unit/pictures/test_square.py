"""Pictures that people send are made anew, whatever they hold."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tastemaker.core.errors import RequestInvalid
from tastemaker.pictures.square import SIDE_PX, squared
from tastemaker.pictures.verify import is_picture

RED, BLUE = (255, 0, 0), (0, 0, 255)


def drawn(kind: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **more: Any) -> bytes:
    """The left half is red, the right half blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    held = io.BytesIO()
    picture.convert(mode).save(held, kind, **more)
    return held.getvalue()


def seen(made: bytes) -> Image.Image:
    assert is_picture(made)
    picture = Image.open(io.BytesIO(made))
    assert picture.size == (SIDE_PX, SIDE_PX)
    assert not picture.info.keys() & {"exif", "icc_profile", "xmp"}
    return picture.convert("RGBA")


def is_like(point: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(point, wanted, strict=False))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("PNG", mode) for mode in ("RGB", "RGBA", "P", "1", "I;16", "LA")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
        ("GIF", "P"),
    ],
)
def test_every_usual_kind_becomes_a_square(kind: str, mode: str) -> None:
    picture = seen(squared(drawn(kind, mode=mode)))
    if mode in ("RGB", "RGBA", "P", "CMYK"):
        assert is_like(picture.getpixel((40, 128)), RED)
        assert is_like(picture.getpixel((216, 128)), BLUE)


def test_it_stands_upright_and_forgets_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Camera of Ann"
    picture = seen(squared(drawn("JPEG", exif=exif)))
    assert is_like(picture.getpixel((128, 40)), RED)
    assert is_like(picture.getpixel((128, 216)), BLUE)


def test_of_a_moving_picture_the_first_frame() -> None:
    frames = [Image.new("RGB", (64, 64), color) for color in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        held = io.BytesIO()
        frames[0].save(held, kind, save_all=True, append_images=frames[1:], duration=100)
        assert is_like(seen(squared(held.getvalue())).getpixel((128, 128)), RED)


def test_what_is_clear_stays_clear() -> None:
    held = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(held, "PNG")
    assert seen(squared(held.getvalue())).getpixel((128, 128))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 20_000), (20_000, 1)], ids=["point", "line", "flat line"]
)
def test_odd_shapes(size: tuple[int, int]) -> None:
    seen(squared(drawn("PNG", size)))


@pytest.mark.parametrize("size", [(30_000, 30_000), (6_000, 5_000)])
def test_a_file_that_unpacks_to_far_more_is_refused(size: tuple[int, int]) -> None:
    held = io.BytesIO()
    Image.new("1", size).save(held, "PNG")
    with pytest.raises(RequestInvalid, match=r"unpacks|megapixels"):
        squared(held.getvalue())


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawn("PNG")[:-40]],
    ids=["nothing", "head only", "svg", "cut"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(RequestInvalid, match="not a picture"):
        squared(content)


@given(
    kind=st.sampled_from(("JPEG", "PNG", "WEBP", "GIF")),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=30),
)
def test_a_damaged_file_is_made_anew_or_refused(kind: str, at: float, junk: bytes) -> None:
    content = bytearray(drawn(kind, (40, 30)))
    start = int(at * (len(content) - 1))
    content[start : start + len(junk)] = junk
    try:
        made = squared(bytes(content))
    except RequestInvalid:
        return
    seen(made)
