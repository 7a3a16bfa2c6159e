"""审计: who did what, when, in which role and scope, and how many rows they took; and that none of it was altered."""

from components.access.auditlog import show_check, show_log
from components.context import Context
from components.header import show_header


def render(context: Context) -> None:
    """Draw the page."""
    show_header(context, context.t("审计"))
    show_log(context)
    show_check(context)
