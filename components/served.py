"""Bytes that a browser fetches once instead of receiving them with every run: the shapes of a map."""

from hashlib import blake2b

from streamlit.runtime import get_instance


def serve(data: bytes, *, mime: str = "application/json") -> str:
    """Return the address, relative to a page's, from which this session can fetch ``data``.

    Streamlit keeps the bytes in memory while a session shows them and names them by their content, so that the same
    shapes keep their address from run to run.
    """
    place = f"zr.served.{blake2b(data, digest_size=8).hexdigest()}"
    return get_instance().media_file_mgr.add(data, mime, place).lstrip("/")
