"""The papers of one edition: for whom, written on a button with progress, downloaded one by one or together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.access.guard import require
from components.access.records import note
from components.context import Context
from components.frame import frame_head
from components.memory import memory
from components.office.batches import local
from components.papers.binder import audiences
from components.papers.listing import opened
from components.switch import pick
from data_access.access.audit import Action
from data_access.editions import Header
from reports.edition import CITY, Audience, Edition
from reports.message import message
from reports.pack import write_pack, zipped

_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "txt": "text/plain",
}


@dataclass(frozen=True)
class _Pack:
    """What was written: the files by name, and all of them in one."""

    files: Mapping[str, bytes]
    archive: bytes


def show_writing(context: Context, header: Header) -> None:
    """Draw the edition's papers for the audience in the address."""
    t = context.t
    edition = opened(context, header)
    if edition is None:
        return
    with st.container(key="zr-frame-papers"):
        head = t("第 {n} 期　{title}").format(n=edition.number, title=edition.title)
        note = t("截至 {day}，冻结于 {at}").format(day=edition.as_of.isoformat(), at=local(edition.frozen_at))
        st.html(frame_head(head, note))
        known = {f"{a.part}:{a.code}": a for a in audiences(edition)}
        names = {key: _name(context, edition, audience) for key, audience in known.items()}
        audience = known[pick(t("对象"), "whom", names, key="papers", width=260)]
        _papers(context, edition, header, audience)
        said = message(edition, audience, context.lang)
        st.caption(t("快报文字（点右上角复制）"))
        st.code(said, language=None, wrap_lines=True)


def _name(context: Context, edition: Edition, audience: Audience) -> str:
    if audience.part == CITY:
        return context.t("全市（{name}）").format(name=edition.facts[f"name_{context.lang}"])
    return edition.name(audience.part, audience.code, context.lang)


def _papers(context: Context, edition: Edition, header: Header, audience: Audience) -> None:
    t, key = context.t, ("papers", header.digest, audience, context.lang, context.sight)
    wanted = f"papers.made.{header.edition_id}.{audience.part}.{audience.code}.{context.lang}"
    if st.button(t("生成会议材料"), type="primary", icon=":material/description:", key="papers.write"):
        st.session_state[wanted] = True
    if not st.session_state.get(wanted):
        st.caption(t("Word 通报、Excel 附表、PowerPoint 幻灯、一页纸 PDF 和快报文字，一次生成，数字一致"))
        return
    pack: _Pack = memory.get(key, lambda: _written(context, edition, audience))
    stem = t("第{n}期会议材料").format(n=edition.number)
    st.download_button(
        t("全部下载（zip）"), partial(_handed, context, header, audience, "zip", pack.archive), f"{stem}.zip",
        "application/zip", key="papers.zip", type="primary",
        icon=":material/folder_zip:", on_click="ignore",
    )  # fmt: skip
    for place, (name, content) in enumerate(pack.files.items()):
        st.download_button(
            f"{name}　{len(content) / 1024:,.0f} KB",
            partial(_handed, context, header, audience, name.rpartition(".")[2], content), name,
            _TYPES[name.rpartition(".")[2]],
            key=f"papers.file.{place}", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _handed(context: Context, header: Header, audience: Audience, kind: str, content: bytes) -> bytes:
    """Return a paper that somebody takes, recorded."""
    require(context)
    whom = f"{audience.part}:{audience.code}" if audience.code else audience.part
    note(
        context.access, Action.PAPER, filters=str(header.as_of), detail=f"{kind} edition={header.edition_id} for={whom}"
    )
    return content


def _written(context: Context, edition: Edition, audience: Audience) -> _Pack:
    bar = st.progress(0.0, context.t("正在生成"))
    files = write_pack(edition, audience, context.lang, lambda share, name: _tell(bar, share, name))
    bar.empty()
    return _Pack(files, zipped(files))


def _tell(bar: "st.delta_generator.DeltaGenerator", share: float, name: str) -> None:
    bar.progress(share, name)
