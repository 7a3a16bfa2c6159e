"""Workbooks in, validated rows out: reading, normalising, validating, loading and undoing import batches.

The schema reads the table specs of this package, and the import reads the schema, so what is offered here is loaded
when it is first used; that also spares the pages what only an import needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data_access.importing.batches import list_batch_files, list_batches, undo_batch
    from data_access.importing.closings import close_duplicates, list_closings, list_duplicates
    from data_access.importing.held import list_held
    from data_access.importing.messages import Describer
    from data_access.importing.pipeline import import_files
    from data_access.importing.reading import FILE_TYPES
    from data_access.importing.report import (
        Counts,
        ImportCancelledError,
        ImportReport,
        Notice,
        Progress,
        Refusal,
        RefusedError,
        SheetReport,
        Step,
        StepCode,
    )
    from data_access.importing.returned import held_workbook
    from data_access.importing.templates import template_workbook

__all__ = [
    "FILE_TYPES",
    "Counts",
    "Describer",
    "ImportCancelledError",
    "ImportReport",
    "Notice",
    "Progress",
    "Refusal",
    "RefusedError",
    "SheetReport",
    "Step",
    "StepCode",
    "close_duplicates",
    "held_workbook",
    "import_files",
    "list_batch_files",
    "list_batches",
    "list_closings",
    "list_duplicates",
    "list_held",
    "template_workbook",
    "undo_batch",
]

_MODULES = {
    "Describer": "messages",
    "FILE_TYPES": "reading",
    "close_duplicates": "closings",
    "held_workbook": "returned",
    "import_files": "pipeline",
    "list_batch_files": "batches",
    "list_batches": "batches",
    "list_closings": "closings",
    "list_duplicates": "closings",
    "list_held": "held",
    "template_workbook": "templates",
    "undo_batch": "batches",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'report')}"), name)
