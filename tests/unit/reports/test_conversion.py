"""LibreOffice opens every paper and lays it out: no word outside a page, nothing written over the slide's edge."""

import re
import shutil
import subprocess

import pytest

from reports.edition import BANK, CITY, REGION, Audience
from reports.pack import write_pack

pytestmark = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="no LibreOffice: apt-get install libreoffice-writer libreoffice-calc libreoffice-impress poppler-utils",
)
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


@pytest.fixture(scope="module")
def converted(edition, tmp_path_factory):
    """Return every paper of three audiences as PDF, by file name."""
    folder = tmp_path_factory.mktemp("papers")
    for audience in (Audience(CITY), Audience(REGION, "440882"), Audience(BANK, "B03")):
        for name, content in write_pack(edition, audience, "zh").items():
            (folder / name).write_bytes(content)
    files = [str(path) for path in folder.iterdir() if path.suffix in {".docx", ".pptx", ".xlsx"}]
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "pdf"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    shutil.copy(next(folder.glob("*湛江*一页纸*.pdf")), folder / "pdf")
    return {path.name: path for path in (folder / "pdf").iterdir()}


def pages(path):
    shown = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return [(float(w), float(h), WORD.findall(inside)) for w, h, inside in PAGE.findall(shown)]


def test_every_paper_opens(converted):
    assert len(converted) == 10
    for path in converted.values():
        assert any(words for _, _, words in pages(path))


def test_no_word_lies_outside_its_page(converted):
    for name, path in converted.items():
        for wide, high, words in pages(path):
            outside = [
                w[4] for w in words if float(w[0]) < 0 or float(w[1]) < 0 or float(w[2]) > wide or float(w[3]) > high
            ]
            assert outside == [], name


def test_slides_leave_their_margins_free(converted):
    for name, path in converted.items():
        if "幻灯" not in name:
            continue
        for wide, high, words in pages(path):
            for left, _, right, low, word in words:
                assert float(left) > 0.02 * wide, (name, word)
                assert float(right) < 0.99 * wide, (name, word)
                assert float(low) < 0.99 * high, (name, word)


def test_the_one_page_fits(converted):
    assert len(pages(next(path for name, path in converted.items() if "一页纸" in name))) == 1
