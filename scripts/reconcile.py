"""Recompute every published figure, of the profile or entered by hand: one JSON object a line, exit 1 if one is open.

``python -m scripts.reconcile`` reads the profile and the store of the settings. ``verdict`` is "within_rounding",
"explained" (nothing in the store computes it, and the profile says why) or "open".
"""

import json
import sys

from components.reconciliation import Comparison, compare_entered, compare_published
from data_access.profile import load_profile
from data_access.profile_files import ProfileError
from data_access.selection import Scope
from data_access.settings import load_settings
from data_access.store import StoreError, open_store
from data_access.troubles import store_sentence
from locales import translator
from metrics.reconcile import Verdict


def main() -> int:
    """Print the comparisons; return 1 if one is open, 2 if profile or store cannot be used."""
    settings = load_settings()
    try:
        profile, store = load_profile(settings.profile), open_store(settings.store)
    except StoreError as error:
        print(store_sentence(error, translator(settings.lang)), file=sys.stderr)
        return 2
    except ProfileError as error:
        print(error, file=sys.stderr)
        return 2
    comparisons = [*compare_published(store, profile, Scope.everything()), *compare_entered(store, Scope.everything())]
    store.close()
    for comparison in comparisons:
        print(line(comparison))
    return int(any(comparison.outcome.verdict is Verdict.OPEN for comparison in comparisons))


def line(comparison: Comparison) -> str:
    """Return the comparison as one line of JSON."""
    figure, outcome = comparison.figure, comparison.outcome
    entry = {
        "id": figure.id,
        "published": figure.value,
        "computed": outcome.computed,
        "unit": figure.unit,
        "verdict": outcome.verdict.value,
    }
    return json.dumps(entry, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
