"""Ask the advisory service of the package index whether a pinned package has a known vulnerability.

``python -m scripts.audit`` goes through ``constraints.txt``, that is through everything that is installed to run, test
and change Zhanrong. It returns 1 when a vulnerability is known that nobody has looked at. Where no advisories are to
be had, without a network or from a mirror that carries none, it says so in one line and returns 0.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Known vulnerabilities that do not concern us, and why; each goes when the package is upgraded.
ACCEPTED: Mapping[str, str] = {}
SECONDS = 180


def main() -> int:
    """Print what is known about the pinned packages; return 1 if there is a vulnerability to deal with."""
    found = advisories()
    if found is None or not any("vulns" in package for package in found):
        _say("no advisories to be had from the package index here: known vulnerabilities were not looked up")
        return 0
    open_ones = [line for package in found for line in _vulnerabilities(package)]
    for line in open_ones:
        _say(line)
    audited = sum("vulns" in package for package in found)
    _say(f"{audited} of {len(found)} packages looked up, {len(open_ones) or 'no'} known vulnerabilities to deal with")
    return 1 if open_ones else 0


def advisories() -> Sequence[Mapping[str, Any]] | None:
    """Return what pip-audit says of each pinned package; None where it got no answer it could read."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--no-deps",
        "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "20",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
        packages: Sequence[Mapping[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None
    return packages


def _vulnerabilities(package: Mapping[str, Any]) -> list[str]:
    """Return a line for each vulnerability of a package that is not accepted."""
    return [
        f"{package['name']} {package['version']}: {known['id']}, fixed in {', '.join(known['fix_versions']) or '—'}"
        for known in package.get("vulns", ())
        if not ACCEPTED.keys() & {known["id"], *known.get("aliases", ())}
    ]


def _say(message: str) -> None:
    print(f"zhanrong: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
