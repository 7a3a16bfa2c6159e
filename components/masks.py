"""Names as a screen may show them: an enterprise that is a person's own keeps its first character."""

from components.context import Context

STARS = "*"


def masked_name(context: Context, name: str, entity_type: str) -> str:
    """Return ``name`` in full for a type that the profile calls a legal person (``legal_person = true``), else masked.

    The name of a sole trader or a family farm often holds its owner's: only its first character is shown. A type the
    profile says nothing of is masked as well.
    """
    for code in context.profile.codes.get("entity_type", ()):
        if code.code == entity_type and code.attributes.get("legal_person") == "true":
            return name
    return f"{name[:1]}{STARS}" if name else ""
