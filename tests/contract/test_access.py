"""The access store keeps its word on both engines: nothing is removed, the audit only grows, the chain holds."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from data_access.access.audit import Action, Asked, append, count_events, events, record, stream_events, verify
from data_access.access.identity import Access, Grant, Person
from data_access.access.people import LastAdministratorError, add_grants, all_grants, grants_of, is_known, revoke
from data_access.access.store import AccessStoreError, open_access

TODAY = date(2025, 6, 13)
SHELL = Person("root", "root", "shell")


def given(subject, role, *, regions=(), banks=(), start=date(2025, 1, 1), end=None):
    return Grant("", subject, f"{subject} 某", role, regions, banks, (), start, end)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'a folder' / 'access.db').as_posix()}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def store(url):
    opened = open_access(url)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_audit SET rows_out = 0",
        "DELETE FROM access_audit",
        "DELETE FROM access_audit WHERE seq = 2",
        "DELETE FROM access_head",
        "UPDATE access_head SET seq = 0",
        "UPDATE access_head SET digest = 'x'",
        "DELETE FROM access_grants",
        "UPDATE access_grants SET role = 'administrator'",
        "UPDATE access_grants SET regions = '', valid_until = NULL",
        "UPDATE access_grants SET granted_by = 'somebody else'",
    ],
)
def test_what_was_written_can_neither_be_changed_nor_removed(store, statement):
    add_grants(store, [given("lei", "county", regions=("440882",), end=date(2025, 12, 31))], SHELL)
    record(store, SHELL, Action.EXPORT, rows=7)
    with pytest.raises(DBAPIError, match="only grows"), store.begin() as connection:
        connection.exec_driver_sql(statement)
    assert verify(store).rows == 2
    assert grants_of(store, "lei", TODAY)[0].regions == ("440882",)


def test_an_ended_grant_cannot_be_brought_back(store):
    (grant,) = add_grants(store, [given("lei", "leader")], SHELL)
    revoke(store, grant.grant_id, SHELL, reason="调离", on=TODAY)
    with pytest.raises(DBAPIError, match="only grows"), store.begin() as connection:
        connection.exec_driver_sql("UPDATE access_grants SET revoked_at = NULL")


def test_postgres_refuses_truncate_as_well(postgres_url):
    store = open_access(postgres_url)
    for table in ("access_audit", "access_head", "access_grants"):
        with pytest.raises(DBAPIError, match="only grows"), store.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {table}")
    store.close()


def test_grants_hold_from_the_first_to_the_last_of_their_days(store):
    add_grants(store, [given("lei", "leader", start=date(2025, 6, 1), end=date(2025, 6, 30))], SHELL)
    held = {day: bool(grants_of(store, "lei", day)) for day in (date(2025, 5, 31), date(2025, 6, 1))}
    held |= {day: bool(grants_of(store, "lei", day)) for day in (date(2025, 6, 30), date(2025, 7, 1))}
    assert list(held.values()) == [False, True, True, False]
    assert is_known(store, "lei")
    assert not is_known(store, "nobody")
    assert grants_of(store, "nobody", TODAY) == ()


def test_a_person_has_several_roles_and_each_sees_its_own_rows(store):
    add_grants(store, [given("lei", "county", regions=("440882",)), given("lei", "bank", banks=("B05",))], SHELL)
    add_grants(store, [given("lei", "county", regions=("440811",))], SHELL)
    grants = grants_of(store, "lei", TODAY)
    person = Person("lei", "雷某", "oidc")
    assert Access.of(person, grants, "county").scope.regions == ("440811", "440882")
    assert Access.of(person, grants, "county").scope.banks is None
    assert Access.of(person, grants, "bank").scope.regions is None
    assert Access.of(person, grants, "bank").scope.banks == ("B05",)
    assert hash(Access.of(person, grants, "bank")) != hash(Access.of(person, grants, "county"))
    with pytest.raises(KeyError):
        Access.of(person, grants, "administrator")


def test_ending_a_grant_keeps_it_with_who_when_and_why(store):
    first, second = add_grants(store, [given("lei", "leader"), given("lei", "auditor")], SHELL)
    revoke(store, first.grant_id, Person("adm", "管某", "oidc"), reason="调离", on=TODAY)
    assert [grant.role for grant in grants_of(store, "lei", TODAY)] == ["auditor"]
    kept = {known.grant.grant_id: known for known in all_grants(store)}
    ended = kept[first.grant_id]
    assert (ended.granted_by, ended.revoked_by, ended.reason) == ("root", "adm", "调离")
    assert ended.revoked_at is not None
    assert kept[second.grant_id].revoked_at is None
    revoke(store, first.grant_id, SHELL, reason="again", on=TODAY)
    assert count_events(store, Asked(actions=(Action.REVOKE,))) == 1
    with pytest.raises(KeyError):
        revoke(store, "unknown", SHELL, reason="x", on=TODAY)


def test_the_last_administrator_stays(store):
    over = given("old", "administrator", end=date(2025, 6, 12))
    (one, _, other) = add_grants(store, [given("a", "administrator"), over, given("b", "administrator")], SHELL)
    revoke(store, one.grant_id, SHELL, reason="x", on=TODAY)
    with pytest.raises(LastAdministratorError):
        revoke(store, other.grant_id, SHELL, reason="x", on=TODAY)
    assert grants_of(store, "b", TODAY)
    assert count_events(store, Asked(actions=(Action.REVOKE,))) == 1


def test_grants_go_in_all_or_not_at_all(store):
    broken = given("b", "leader", start=None)
    with pytest.raises(DBAPIError):
        add_grants(store, [given("a", "leader"), broken], SHELL)
    assert all_grants(store) == ()
    assert verify(store).rows == 0


def test_the_audit_says_who_did_what_in_which_role_and_scope(store):
    (grant,) = add_grants(store, [given("lei", "county", regions=("440882",))], SHELL)
    access = Access.of(Person("lei", "雷某", "oidc"), [grant], "county")
    record(store, access, Action.EXPORT, filters="走访率 · 雷州", rows=1_234, detail="xlsx")
    record(store, Person("who", "谁", "header"), Action.REFUSED, detail="unknown\0 \ud800")
    record(store, None, Action.REFUSED)
    record(store, Access.open(), Action.IMPORT, rows=2)
    opened, nobody, unknown, export, granted = events(store, Asked())
    assert (export.subject, export.name, export.how, export.role) == ("lei", "雷某", "oidc", "county")
    assert (export.scope, export.filters, export.rows) == ("regions=440882", "走访率 · 雷州", 1_234)
    assert (unknown.role, unknown.scope, unknown.detail) == ("", "", "unknown ?")
    assert (nobody.subject, nobody.name) == ("", "")
    assert (opened.role, opened.scope) == ("open", "")
    assert granted.detail == "lei “lei 某” county regions=440882 2025-01-01…"
    assert abs(datetime.now(UTC).replace(tzinfo=None) - export.at) < timedelta(minutes=1)
    assert verify(store).rows == 5


def test_the_audit_is_paged_in_both_directions_and_narrowed(store):
    people = [Person(f"p{n % 3}", f"人{n % 3}", "oidc") for n in range(25)]
    for number, person in enumerate(people):
        record(store, person, Action.EXPORT if number % 2 else Action.IMPORT, rows=number)
    first = events(store, Asked(), limit=10)
    second = events(store, Asked(), before=first[-1].seq, limit=10)
    third = events(store, Asked(), before=second[-1].seq, limit=10)
    assert [e.seq for e in (*first, *second, *third)] == list(range(25, 0, -1))
    assert events(store, Asked(), after=third[0].seq, limit=10) == second
    assert {e.subject for e in events(store, Asked(person="P1"))} == {"p1"}
    assert {e.name for e in events(store, Asked(person="人2"))} == {"人2"}
    assert events(store, Asked(person="%")) == ()
    assert count_events(store, Asked(actions=(Action.EXPORT,))) == 12
    assert [e for part in stream_events(store, Asked()) for e in part] == [*first, *second, *third]
    middle = second[0].at
    assert count_events(store, Asked(since=middle)) + count_events(store, Asked(until=middle)) == 25


def test_many_write_at_once_and_the_chain_holds(store, url):
    other = open_access(url)
    writers = [
        threading.Thread(target=lambda s=s: [record(s, SHELL, Action.EXPORT) for _ in range(20)])
        for s in (store, other, store, other)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert verify(other).rows == 80
    assert verify(other).holds
    other.close()


def test_what_fails_leaves_no_trace(store):
    def fail():
        with store.begin() as connection:
            append(connection, SHELL, Action.EXPORT)
            raise LastAdministratorError

    with pytest.raises(LastAdministratorError):
        fail()
    assert verify(store).rows == 0


def test_what_was_kept_is_there_after_a_restart(store, url):
    record(store, SHELL, Action.EXPORT)
    store.close()
    again = open_access(url)
    assert verify(again).rows == 1
    again.close()


def test_another_version_is_refused_and_so_is_what_is_no_store(store, url):
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE access_meta SET value = '0'")
    with pytest.raises(AccessStoreError, match="0 ≠ 1"):
        open_access(url)
    for wrong in ("no url", "duckdb:///x.duckdb", "sqlite:////proc/nowhere/access.db"):
        with pytest.raises(AccessStoreError):
            open_access(wrong)


def test_no_error_repeats_a_password():
    with pytest.raises(AccessStoreError) as raised:
        open_access("postgresql+psycopg://me:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(raised.value)
