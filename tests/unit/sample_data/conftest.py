"""A small demo city's files, read back as plain frames without the product's import."""

import pytest

from sample_data.generator import SEED, generate
from sample_data.plan import load_plan
from sample_data.writing import FORMS
from tests.unit.sample_data.frames import SCALE, read


@pytest.fixture(scope="session")
def plan(zhanjiang):
    """Return what the generator is told, at full size."""
    return load_plan(zhanjiang)


@pytest.fixture(scope="session")
def files(zhanjiang, tmp_path_factory):
    """Return the files of a small city."""
    return generate(tmp_path_factory.mktemp("city"), zhanjiang, seed=SEED, scale=SCALE)


@pytest.fixture(scope="session")
def city(files):
    """Return the frames of the small city by the tables' names."""
    names = [
        "grids", "enterprises", "visit_targets", "visits", "applications", "outlets", "products", "recommendations",
        "decisions", "loans", "problems", "events", "event_participants", "officers", "publicity", "bank_sizes",
        "bank_plans", "bank_reports", "contacts",
    ]  # fmt: skip
    assert set(FORMS) <= set(names)
    return {name: read(path) for name, path in zip(names, files, strict=True)}
