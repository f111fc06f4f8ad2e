"""A program of its own that opens one picture that a stranger sent, and writes clean ones: bounded memory and time.

`decoder.py SOURCE FOLDER file` writes `original`, the same picture without anything but its pixels, and `preview`;
`decoder.py SOURCE FOLDER 256` a `preview` of at most 256 pixels a side, `256 square` one cut to a square, `128 moving`
one that moves if the picture does. What it made it says in JSON on standard output. It runs without any of our modules,
rights or secrets.
"""

import base64
import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

os.nice(10)  # before the first of what takes long, which is to load this:
from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin  # noqa: E402

MEMORY = 1024 * 1024 * 1024
SECONDS = 30
WRITES = 200 * 1024 * 1024
PIXELS = 32_000_000
MOVING = 64_000_000
"""Pixels of all frames of an animation together."""
FRAMES = 100
"""Frames of a small animation, of which many are shown at once."""
PREVIEW = 1_200
BLUR = 300
"""Bytes of the data URL that is shown before anything has come."""
PROFILE = 4_096
"""Bytes of a colour profile that is kept: without it, a phone's colours are dull."""

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")


class Refused(Exception):
    """`pixels`, `frames` or `damaged`."""


def limit() -> None:
    """Nothing that a picture does to its decoder reaches further than this process."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITES),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS has no limit of address space
            pass


def opened(source: str) -> Any:
    """The picture, of which only the head has been read."""
    Image.MAX_IMAGE_PIXELS = None  # Pillow warns from its own number on; ours is checked here
    image = Image.open(source, formats=FORMATS)
    if image.width * image.height > PIXELS:
        raise Refused("pixels")
    return image


def is_moving(image: Any) -> bool:
    """An animation; a photograph with others behind it (MPO) is none."""
    return image.format != "MPO" and getattr(image, "n_frames", 1) > 1


def profile_of(image: Any) -> dict[str, Any]:
    """Its colour profile, as an option to save with."""
    profile = image.info.get("icc_profile")
    return {"icc_profile": profile} if profile and len(profile) <= PROFILE and image.mode in ("RGB", "RGBA") else {}


def clean(image: Any) -> Any:
    """Its pixels, upright, in a mode that all formats know, and nothing else."""
    transparent = "transparency" in image.info
    image = ImageOps.exif_transpose(image)
    if image.mode == "P":
        image = image.convert("RGBA" if transparent else "RGB")
    elif image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGBA" if image.mode in ("LA", "PA", "RGBa") else "RGB")
    elif transparent:
        image = image.convert("RGBA")
    image.info = {}
    return image


def write_original(image: Any, path: Path) -> Any:
    """Write the picture anew in its own format; returns its pixels."""
    kind = "JPEG" if image.format == "MPO" else image.format
    options = profile_of(image)
    if kind == "JPEG" and image.mode in ("RGB", "L"):
        options |= {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
    elif kind in ("JPEG", "WEBP", "AVIF"):
        options["quality"] = 90
    if kind == "AVIF":
        options |= {"speed": 9, "max_threads": 1}
    pixels = clean(image)
    if kind == "JPEG" and pixels.mode == "RGBA":
        pixels = pixels.convert("RGB")
    if options.get("subsampling") == -1:
        del options["subsampling"]
    pixels.save(path, kind, **options)
    return pixels


def write_moving(image: Any, path: Path, kind: str, side: int = 0) -> Any:
    """Write an animation anew, with no side longer than this; returns its first frame."""
    if image.width * image.height * image.n_frames > MOVING or (side and image.n_frames > FRAMES):
        raise Refused("frames")
    frames, times, loop = [], [], image.info.get("loop")
    for frame in ImageSequence.Iterator(image):
        times.append(int(frame.info.get("duration", 100)))
        pixels = clean(frame.copy())
        frames.append(fit(pixels, side) if side else pixels)
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": times}
    if loop is not None:
        options["loop"] = loop
    if kind == "AVIF":
        options |= {"speed": 9, "max_threads": 1}
    frames[0].save(path, kind, **options)
    return frames[0]


def fit(image: Any, side: int) -> Any:
    """No side longer than this."""
    image = image.copy()
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def blur_of(image: Any) -> str:
    """A handful of pixels as a data URL; none for what one can see through."""
    if image.mode == "RGBA":
        return ""
    for side in (16, 8):
        out = io.BytesIO()
        fit(image.convert("RGB"), side).save(out, "WEBP", quality=20, method=6)
        url = "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
        if len(url) <= BLUR:
            return url
    return ""


def make_file(source: str, folder: Path) -> dict[str, Any]:
    """What is kept of a file that is a picture."""
    image = opened(source)
    moving = is_moving(image)
    profile = profile_of(image)
    original = folder / "original"
    pixels = write_moving(image, original, image.format) if moving else write_original(image, original)
    if not moving:
        fit(pixels, PREVIEW).save(folder / "preview", "WEBP", quality=80, **profile)
    return {"width": pixels.width, "height": pixels.height, "blur": blur_of(pixels)}


def make_small(source: str, folder: Path, side: int, shape: str) -> dict[str, Any]:
    """A picture of a person, an emoji, a page."""
    image, preview = opened(source), folder / "preview"
    if shape == "moving" and is_moving(image):
        small = write_moving(image, preview, "WEBP", side)
    else:
        profile = profile_of(image)
        image.draft(None, (side * 2, side * 2))
        pixels = clean(image)
        whole = shape != "square"
        small = fit(pixels, side) if whole else ImageOps.fit(pixels, (side, side), Image.Resampling.LANCZOS)
        small.save(preview, "WEBP", quality=85, **profile)
    return {"width": small.width, "height": small.height, "blur": blur_of(small)}


def main(source: str, folder: str, kind: str, shape: str = "") -> None:
    """Make what was asked for, and say what it is, or why not."""
    limit()
    try:
        if kind == "file":
            answer = make_file(source, Path(folder))
        else:
            answer = make_small(source, Path(folder), int(kind), shape)
    except Refused as refused:
        answer = {"problem": str(refused)}
    except MemoryError:
        answer = {"problem": "pixels"}
    except Exception:  # whatever a broken or a wicked file makes of its decoder
        answer = {"problem": "damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
