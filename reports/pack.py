"""A meeting pack: every paper of an edition for one audience, as files by name."""

import io
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType

from locales import N_, translator
from reports.annexes import annexes
from reports.bulletin import bulletin
from reports.edition import CITY, Audience, Edition
from reports.message import message
from reports.onepage import onepage
from reports.slides import slides

Writer = Callable[[Edition, Audience, str], bytes]


def _message(edition: Edition, audience: Audience, lang: str) -> bytes:
    return message(edition, audience, lang).encode("utf-8")


# The papers in the order a meeting uses them: what each is called, the end of its file's name, and who writes it.
PAPERS: Mapping[str, tuple[str, str, Writer]] = MappingProxyType(
    {
        "bulletin": (N_("通报（Word）"), "docx", bulletin),
        "annexes": (N_("附表（Excel）"), "xlsx", annexes),
        "slides": (N_("幻灯（PowerPoint）"), "pptx", slides),
        "onepage": (N_("一页纸（PDF）"), "pdf", onepage),
        "message": (N_("快报文字"), "txt", _message),
    }
)


def write_pack(
    edition: Edition, audience: Audience, lang: str, progress: Callable[[float, str], None] | None = None
) -> dict[str, bytes]:
    """Return the papers of an edition by file name; ``progress`` is told the share done and what comes next."""
    t, files = translator(lang), {}
    for place, (kind, (name, ending, write)) in enumerate(PAPERS.items()):
        if progress:
            progress(place / len(PAPERS), t(name))
        files[file_name(edition, audience, lang, kind, ending)] = write(edition, audience, lang)
    return files


def file_name(edition: Edition, audience: Audience, lang: str, kind: str, ending: str) -> str:
    """Return what a paper's file is called: edition, whom it is for, and which paper; nothing a file system forbids."""
    t = translator(lang)
    whom = edition.facts[f"name_{lang}"]
    if audience.part != CITY:
        whom = edition.name(audience.part, audience.code, lang, short=True)
    stem = t("第{n}期_{whom}_{paper}").format(n=edition.number, whom=whom, paper=t(PAPERS[kind][0]))
    return "".join("_" if mark in '\\/:*?"<>| ' else mark for mark in stem) + f".{ending}"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files in one archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
