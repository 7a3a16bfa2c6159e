"""数据管理: is the data right, what is missing, and which row is wrong."""

from components.context import Context
from components.header import show_header


def render(context: Context) -> None:
    """Draw the page."""
    show_header(context, context.t("数据管理"))
