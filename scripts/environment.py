"""Make the virtual environment, install what is missing into it, and Debian's programs the tests drive.

Runs on any Python 3 that can read it, so that an old interpreter gets a sentence instead of a traceback::

    python3 scripts/environment.py          # what it takes to run
    python3 scripts/environment.py --dev    # ... and to test: adds the tools, Chromium, fonts, LibreOffice, nginx

The environment is reused as long as the requirements have not changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHINESE_FONTS = "fonts-noto-cjk"
# What opens the meeting papers in the tests, and the package each comes with.
OFFICE = {"soffice": ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-impress-nogui"),
          "pdftotext": ("poppler-utils",)}  # fmt: skip
# What stands in front of the dashboard in the tests; Debian keeps it where only root looks for programs.
NGINX, PLACES = "nginx-light", (None, "/usr/sbin")
# There where systemd runs services.
SERVICES = Path("/run/systemd/system")


def main() -> int:
    """Make the environment ready; return 0, or 1 after one line that says what is missing and how to get it."""
    dev = "--dev" in sys.argv[1:]
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        return _fail(f"Python {found} is too old: 3.11 or newer is needed, e.g. make run PYTHON=python3.12")
    if not _python().exists() and not _make_venv():
        return _fail("Python has no venv module with pip: apt-get install python3-venv (as root), then again")
    if not _install("requirements-dev.txt" if dev else "requirements.txt"):
        return _fail("The packages could not be installed: see pip's message above")
    if dev:
        _install_browser()
        _install_office()
        _install_nginx()
    return 0


def _fail(message: str) -> int:
    print(f"zhanrong: {message}", file=sys.stderr)
    return 1


def _say(message: str) -> None:
    print(f"zhanrong: {message}", flush=True)


def _python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make_venv() -> bool:
    _say("making the virtual environment .venv")
    if _venv_made():
        return True
    return _apt("python3-venv") and _venv_made()


def _venv_made() -> bool:
    # An interrupted or pip-less attempt leaves a half-made folder behind; --clear starts it anew.
    return _quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _install(requirements: str) -> bool:
    """Install ``requirements`` unless this environment has had exactly these files before."""
    files = [ROOT / name for name in ("constraints.txt", "requirements.txt", requirements)]
    stamp, fingerprint = VENV / f"installed-{requirements}", _fingerprint(files)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return True
    _say(f"installing the packages of {requirements} (once, about a minute)")
    pip = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-r", str(ROOT / requirements)], check=False).returncode != 0:
        return False
    stamp.write_text(fingerprint)
    return True


def _install_browser() -> None:
    """Install Debian's Chromium and Chinese fonts where that is allowed; otherwise say how to."""
    missing = [] if any(map(shutil.which, BROWSERS)) else ["chromium"]
    if not _has_chinese_fonts():
        missing.append(CHINESE_FONTS)
    if missing and not _apt(*missing):
        _say(f"browser tests will be skipped: apt-get install {' '.join(missing)} (as root) to run them")


def _install_office() -> None:
    """Install what the tests open the meeting papers with, where that is allowed; otherwise say how to."""
    missing = [package for command, packages in OFFICE.items() if not shutil.which(command) for package in packages]
    if missing and not _apt(*missing):
        _say(f"tests that open the papers will be skipped: apt-get install {' '.join(missing)} (as root) to run them")


def nginx() -> str | None:
    """Return the path of nginx; None where there is none."""
    return next(filter(None, (shutil.which("nginx", path=place) for place in PLACES)), None)


def _install_nginx() -> None:
    """Install nginx where that is allowed and does not start it as a service; otherwise say how to."""
    if nginx() is None and (SERVICES.exists() or not _apt(NGINX)):
        _say(f"tests behind nginx will be skipped: apt-get install {NGINX} (as root) to run them")


def _has_chinese_fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def _apt(*packages: str) -> bool:
    """Install Debian packages as root or with password-less sudo; False where neither is to be had."""
    prefix = _as_root()
    if prefix is None:
        return False
    _say(f"installing {' '.join(packages)} with apt-get")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = ["install", "-y", "--no-install-recommends", *packages]
    return all(_quietly([*quiet, *command]) for command in (["update"], install))


def _as_root() -> list[str] | None:
    """Return what to put before a command so that it runs as root; None where we may not or there is no apt-get."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _quietly(["sudo", "-n", "true"]) else None


def _quietly(command: list[str]) -> bool:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
