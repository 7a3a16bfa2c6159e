"""The demo's people: whoever tries the demo finds every role, bound as roles.toml says."""

from data_access.access.identity import Access, Person
from data_access.access.roles import ROLES
from sample_data.people import demo_grants


def test_every_role_has_somebody_and_every_subject_is_one_person(zhanjiang):
    found = demo_grants(zhanjiang)
    assert {grant.role for grant in found} == set(ROLES)
    assert len({grant.subject for grant in found}) == len(found)
    assert {grant.valid_from for grant in found} == {zhanjiang.programme_start}


def test_roles_with_a_place_have_two_people_of_different_places(zhanjiang):
    by_role = {role: [g for g in demo_grants(zhanjiang) if g.role == role] for role in ROLES}
    scopes = {
        role: [Access.of(Person(g.subject, g.name, "demo"), [g], role).scope for g in found]
        for role, found in by_role.items()
    }
    counties, banks, departments = [scopes[role] for role in ("county", "bank", "department")]
    assert len({scope.regions for scope in counties}) == len({scope.banks for scope in banks}) == 2
    assert len({scope.departments for scope in departments}) == 2
    assert all(len(scope.regions) == 1 and scope.banks is None for scope in counties)


def test_the_names_say_the_place_in_the_words_of_the_city(foreign):
    county = next(g for g in demo_grants(foreign) if g.role == "county")
    assert foreign.children()[0].label.short("zh") in county.name
