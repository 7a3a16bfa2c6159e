"""The demo city's files from the command line: ``python -m sample_data [--out DIR] [--scale N] [--seed N]``.

The files can then be imported like any others (``python -m data_access.importing DIR/*``). To make the store as
well, use ``python -m sample_data.build``.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_access.profile import load_profile
from data_access.profile_files import ProfileError
from data_access.settings import load_settings
from sample_data.build import FOLDER, progress_bar
from sample_data.generator import SEED, generate


def main(argv: Sequence[str]) -> int:
    """Write the files and name them; return 0, or 2 if the profile cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where the files go")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the city; 1 has the published totals")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed writes the same bytes")
    arguments = parser.parse_args(argv)
    try:
        profile = load_profile(load_settings().profile)
        with progress_bar() as tell:
            paths = generate(arguments.out, profile, seed=arguments.seed, scale=arguments.scale, progress=tell)
    except ProfileError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(map(str, paths)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
