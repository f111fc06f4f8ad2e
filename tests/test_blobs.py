"""Bytes by their hash: the same promises of a folder and of a bucket."""

from pathlib import Path

import obstore.store
import pytest

from chinwag.blobs import PIECE, Blobs, Bucket, Folder, digest, open_blobs
from chinwag.errors import CannotStart

DATA = bytes(range(256)) * (PIECE // 256 * 2) + b"the end"


@pytest.fixture(params=["a folder", "a bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Folder(tmp_path / "files") if request.param == "a folder" else Bucket(obstore.store.MemoryStore())


def keep(store: Blobs, folder: Path, data: bytes = DATA) -> str:
    path = folder / "coming"
    path.write_bytes(data)
    found = digest(path)
    store.keep(path, found)
    assert not path.exists()
    return found


def test_what_is_kept_is_read_whole_and_in_part(store: Blobs, tmp_path: Path) -> None:
    found = keep(store, tmp_path)
    assert keep(store, tmp_path) == found
    assert b"".join(store.read(found, 0, len(DATA))) == DATA
    assert b"".join(store.read(found, PIECE - 1, PIECE + 1)) == DATA[PIECE - 1 : PIECE + 1]
    assert b"".join(store.read(found, len(DATA) - 7, len(DATA))) == b"the end"
    assert b"".join(store.read(found, len(DATA) - 7, 2**40)) == b"the end"


def test_what_is_removed_is_not_there_and_may_be_removed_again(store: Blobs, tmp_path: Path) -> None:
    found = keep(store, tmp_path)
    store.remove(found)
    store.remove(found)
    with pytest.raises(LookupError):
        list(store.read(found, 0, 1))
    assert keep(store, tmp_path) == found
    assert next(store.read(found, 0, 3)) == DATA[:3]


def test_a_bucket_is_named_by_its_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert isinstance(open_blobs("s3://files/of/chinwag", tmp_path), Bucket)
    assert isinstance(open_blobs("", tmp_path), Folder)
    with pytest.raises(CannotStart, match="--files"):
        open_blobs("s3://", tmp_path)
