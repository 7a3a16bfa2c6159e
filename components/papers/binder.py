"""Editions between store and papers: freezing today's figures, opening what was frozen, and whom papers are for."""

from collections.abc import Iterator
from datetime import date

from components.context import Context
from components.papers import freezing, telling
from components.smallcells import fewest_shown
from data_access.editions import EditionError, Header, freeze, list_editions, next_number, read_edition
from reports.edition import BANK, CITY, REGION, Audience, Edition


def freeze_now(context: Context, number: int, title: str, *, by: str = "") -> int:
    """Freeze everything in the reader's scope up to the as-of date and return the edition's id.

    Raises ``EditionError`` for a number that is taken or a title that is empty.
    """
    whole = freezing.freezable(context)
    last = latest(context, whole.filters.as_of)
    facts = freezing.facts(whole)
    if last:
        facts |= {"previous": last.number, "previous_id": last.edition_id, "previous_on": last.as_of.isoformat()}
    since = last.facts.get("last_batch") if last else None
    frames = freezing.frames(whole, last.as_of if last else None, since)
    told = freezing.frames(telling.reader(whole), last.as_of if last else None, since)
    return freeze(
        context.store, context.scope, number, title, whole.filters.as_of, facts, frames | telling.marked(told),
        data_version=context.version, by=by,
    )  # fmt: skip


def open_edition(context: Context, edition_id: int) -> Edition:
    """Return a frozen edition, without small counts for who may not see the rows.

    Raises ``EditionError`` if the reader's scope has none of that id, or it was changed, and "counts" for who may not
    see small counts where the edition was frozen with nothing else.
    """
    header, frames = read_edition(context.store, context.scope, edition_id)
    whole, told = telling.parted(frames)
    frames = told if fewest_shown(context) else whole
    if not frames:
        raise EditionError("counts")
    return Edition(
        header.number, header.title, header.as_of, header.frozen_at, header.frozen_by, header.data_version,
        header.facts, frames,
    )  # fmt: skip


def editions(context: Context) -> list[Header]:
    """Return the editions of the reader's scope, the latest first."""
    return list_editions(context.store, context.scope)


def latest(context: Context, until: date) -> Header | None:
    """Return the last edition frozen for a day up to ``until``."""
    return next((header for header in editions(context) if header.as_of <= until), None)


def proposed_number(context: Context) -> int:
    """Return the number the next edition would have."""
    return next_number(context.store, context.scope)


def audiences(edition: Edition) -> Iterator[Audience]:
    """Yield whom papers can be written for: the city, its counties, its commercial banks."""
    yield Audience(CITY)
    for part in (REGION, BANK):
        said = edition.frames["sentences"]
        known = set(said.loc[said["part"] == part, "code"])
        yield from (Audience(part, code) for code in edition.codes(part) if code in known)
