"""Personal data as a page or a file may show it: one rule for each kind, and one place that decides whether it applies.

Names, addresses and persons are masked unless the reader may see names, free texts unless he may see texts. What is
``SEALED`` (a person's telephone, a code that holds an identity number) is masked for everybody, in lists and in files:
it is revealed one by one, with a reason (``components.unmask``). Masking happens when a row is written out, so that
no page and no export can forget it.
"""

import re
from collections.abc import Callable, Mapping

from components.context import Context

STARS = "*"
_PHONE = re.compile(r"(?<!\d)(\d{3})\d{4,5}(\d{4})(?!\d)")
# As people write them: in groups with a space or a dash between, in full-width digits, with an area code.
_MOBILE = re.compile(r"(?<!\d)([1１][3-9３-９]\d)[ \-]?\d{4}[ \-]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)([0０]\d{2,3})[ \-]?\d{3,4}[ \-]?(\d{4})(?!\d)")
# Identity numbers have 15 or 18 places, cards and accounts 16 to 19.
_IDENTITY = re.compile(r"(?<!\d)\d(?: ?\d){13,17} ?[\dXxＸ](?![\dXxＸ])")
_NUMBERED = re.compile(r"\d+")


def may_see_names(context: Context) -> bool:
    """Whether the reader may see persons, addresses and the names of sole traders in full."""
    return context.may_see_names


def masked_name(context: Context, name: str, entity_type: str) -> str:
    """Return ``name`` in full for a type that the profile calls a legal person (``legal_person = true``), else masked.

    The name of a sole trader or a family farm often holds its owner's: only its first character is shown. A type the
    profile says nothing of is masked as well.
    """
    if may_see_names(context) or is_legal_person(context, entity_type):
        return name
    return f"{name[:1]}{STARS}" if name else ""


def is_legal_person(context: Context, entity_type: str) -> bool:
    """Whether the profile calls enterprises of this type legal persons."""
    codes = context.profile.codes.get("entity_type", ())
    return any(c.code == entity_type and c.attributes.get("legal_person") == "true" for c in codes)


def masked_person(text: str) -> str:
    """Return a person's name with all but its first character hidden: 张*."""
    return f"{text[:1]}{STARS}" if text else ""


def masked_phone(text: str) -> str:
    """Return a telephone number with its middle hidden: 138****1234; one of another form shows its last two digits."""
    hidden = _PHONE.sub(rf"\1{STARS * 4}\2", text)
    return hidden if hidden != text or len(text) < 3 else f"{STARS * (len(text) - 2)}{text[-2:]}"


def masked_address(text: str) -> str:
    """Return an address without its numbers: the street stays, the door does not."""
    return _NUMBERED.sub(STARS, text)


def masked_code(text: str) -> str:
    """Return a person's number with only the part that names the organisation: B05-****."""
    head, dash, _ = text.partition("-")
    return f"{head}{dash}{STARS * 4}" if dash else STARS * 4 if text else ""


def masked_text(text: str) -> str:
    """Return a free text without telephone, identity and account numbers."""
    told = _IDENTITY.sub(STARS * 8, text)
    for number in (_MOBILE, _LANDLINE, _PHONE):
        told = number.sub(rf"\1{STARS * 4}\2", told)
    return told


# The columns of the import tables that hold personal data, beside the name, whose mask depends on the type.
MASKS: Mapping[str, Callable[[str], str]] = {
    "contact_name": masked_person,
    "contact_phone": masked_phone,
    "phone": masked_phone,
    "address": masked_address,
    "visitor": masked_code,
    "officer": masked_code,
}
TEXTS = frozenset({"remark", "reject_text", "remedy", "reapply_condition", "removed_reason", "wording"})
SEALED = frozenset({"contact_phone", "credit_code"})


def masked(context: Context, column: str, text: str, entity_type: str = "") -> str:
    """Return the value of a column as this reader may see it; ``entity_type`` decides about names and codes.

    The credit code of a sole trader may hold its owner's identity number: its middle is hidden.
    """
    if column in TEXTS:
        return text if context.may_see_texts else masked_text(text)
    if column == "credit_code":
        return text if is_legal_person(context, entity_type) or not text else f"{text[:4]}{STARS * 8}{text[-2:]}"
    if may_see_names(context) and column not in SEALED:
        return text
    if column == "name":
        return masked_name(context, text, entity_type)
    mask = MASKS.get(column)
    return mask(text) if mask else text
