"""Write ``docs/metrics.md`` from the metric catalogue: ``python -m metrics``."""

import sys
from pathlib import Path

from metrics.handbook import handbook

DOCUMENT = Path(__file__).parents[1] / "docs" / "metrics.md"


def main() -> None:
    """Write the document and say where."""
    DOCUMENT.write_text(handbook(), "utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")


if __name__ == "__main__":
    main()
