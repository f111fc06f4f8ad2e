"""What a file is, by its first bytes and never by its name."""

OTHER = "application/octet-stream"
"""What browsers are to save and never to show."""
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"))
FIRST = 4096
"""How many bytes are looked at."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    *((bytes((0xFF, second)), "audio/mpeg") for second in (0xFB, 0xFA, 0xF3, 0xF2)),  # layer III, MPEG 1 and 2
)
_AVIF = (b"avif", b"avis")
_AUDIO_MP4 = (b"M4A ", b"M4B ")
_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"3gp4", b"3gp5")


def kind_of(first: bytes) -> str:
    """The type of one of the kinds that browsers may show, or `OTHER`."""
    for start, kind in _STARTS:
        if first.startswith(start):
            return kind
    if first[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(first[8:12], OTHER)
    if first[4:8] == b"ftyp":
        return _brand(first[8:12])
    if first[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in first[:64]:
        return "video/webm"
    if first[:4] == b"OggS":
        return "video/ogg" if b"theora" in first[:FIRST] else "audio/ogg"
    return OTHER


def _brand(brand: bytes) -> str:
    """Of the ISO base media format (ISO/IEC 14496-12 §4.3)."""
    if brand in _AVIF:
        return "image/avif"
    if brand in _AUDIO_MP4:
        return "audio/mp4"
    return "video/mp4" if brand in _MP4 else OTHER
