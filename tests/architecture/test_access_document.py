"""docs/access.md says of every role and ability what the product does."""

import re

from components.masks import SEALED
from data_access.access.roles import ROLES, Ability
from tests.architecture import tree

DOCUMENT = tree.ROOT / "docs" / "access.md"


def table():
    lines = ["| role | name | bound to | abilities |", "|---|---|---|---|"]
    for role in ROLES.values():
        bound = " or ".join(role.bound_to)
        abilities = " ".join(f"`{ability}`" for ability in Ability if ability in role.abilities)
        lines.append(f"| `{role.key}` | {role.name.zh} {role.name.en} | {bound} | {abilities} |")
    return "\n".join(lines)


def test_the_table_of_roles_is_that_of_the_file():
    found = re.search(r"<!-- roles -->\n(.*?)\n<!-- /roles -->", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found[1] == table()


def test_every_ability_is_explained():
    named = re.findall(r"^\| `([a-z]+)` \| [a-z]", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert named == [ability.value for ability in Ability]


def test_what_stays_masked_for_who_may_see_names_is_said():
    row = next(line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `names` |"))
    assert all(f"`{column}`" in row for column in SEALED)
