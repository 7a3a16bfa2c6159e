"""Who is at the keyboard, as records and files name them."""

from components.context import Context


def person(context: Context) -> str:
    """Return the name and, where it is another, the identity of the person; "" where nobody signs in.

    Two people may have one name, so the identity is part of what is kept.
    """
    found = context.access.person
    if found is None:
        return ""
    return found.name if found.name in {found.subject, ""} else f"{found.name}（{found.subject}）"
