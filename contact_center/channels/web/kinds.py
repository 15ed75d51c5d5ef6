"""What a file really is, by its first bytes: names and claims prove nothing.

`uploads` asks it before a file is kept. A small table on purpose: what is not in it is kept as unknown bytes.
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
HEAD = 4096  # bytes that decide

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_PROGRAMS: tuple[bytes, ...] = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Mach-O for several processors, and Java classes
    b"dex\n",
    b"\x00asm",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcut
    b"MSCF",
)
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_OLE = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"qt  ": "video/quicktime",
}
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml")
# What may be named truthfully when it is downloaded; anything a browser could run as a page is bytes to it.
_HARMLESS = frozenset(
    {kind for _, kind in _BEGINNINGS}
    | {
        *_ZIPPED.values(),
        *_OLE.values(),
        *_BRANDS.values(),
        "image/webp",
        "audio/mp4",
        "audio/wav",
        "video/mp4",
        "text/plain",
    }
)


def is_program(head: bytes) -> bool:
    """Whether the bytes begin like something a computer would run; a letter that begins with MZ holds no zero bytes."""
    if head.startswith(b"#!"):
        return not head.startswith(b"#!AMR")
    return head.startswith(_PROGRAMS) and b"\x00" in head


def of(head: bytes, ending: str) -> str:
    """The content type of what begins with *head*; *ending* only tells apart what is packed in the same container."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "audio/mp4" if head[8:11] == b"M4A" else "video/mp4")
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12], UNKNOWN)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return _unpacked(kind, ending)
    return _text(head, ending)


def _unpacked(kind: str, ending: str) -> str:
    if kind == "application/zip":
        return _ZIPPED.get(ending, kind)
    return _OLE.get(ending, UNKNOWN) if kind == "application/x-ole-storage" else kind


def _text(head: bytes, ending: str) -> str:
    if b"\x00" in head:
        return UNKNOWN
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if len(head) < HEAD or error.start < HEAD - 3:  # not merely cut in the middle of a character
            return UNKNOWN
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begins.startswith(_MARKUP):
        return (
            "image/svg+xml" if b"<svg" in begins else "application/xml" if begins.startswith(b"<?xml") else "text/html"
        )
    return "text/csv" if ending == "csv" else "text/plain"


def served(claimed: str) -> str:
    """The content type under which a stored file is handed out: *claimed* if it is harmless, else plain bytes."""
    return claimed if claimed in _HARMLESS else UNKNOWN
