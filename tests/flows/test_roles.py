"""Who may do what: the contract's roles, and that nothing is granted by accident."""

import pytest

from flows.domain import Role
from flows.roles import (
    CHANGEABLE,
    GRANTS,
    REACH,
    SIGHT,
    SYSTEM,
    UNCHANGED,
    Actor,
    Permission,
    Reach,
    Sight,
    may,
    reach_of,
    sight_of,
)


def test_every_permission_names_its_roles() -> None:
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


def test_every_role_has_a_reach_and_a_sight() -> None:
    assert set(REACH) == set(SIGHT) == set(Role)


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(may(None, permission) for permission in Permission)
    assert (reach_of(SYSTEM), sight_of(SYSTEM)) == (Reach.NOBODY, Sight.NONE)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        pytest.param(Role.MARKETING, Permission.CHANGE_CONSENT, id="conflict of interest"),
        pytest.param(Role.DIRECTOR, Permission.READ_CUSTOMERS, id="aggregates only"),
        pytest.param(Role.DIRECTOR, Permission.READ_CONVERSATIONS, id="no person's words"),
        pytest.param(Role.ADMIN, Permission.HOLD_CONVERSATIONS, id="configures, does not serve"),
        pytest.param(Role.ADMIN, Permission.WRITE_LEADS, id="reads leads only"),
        pytest.param(Role.ADMIN, Permission.READ_AUDIT, id="does not watch itself"),
        pytest.param(Role.RM, Permission.WRITE_CASES, id="status only"),
        pytest.param(Role.MARKETING, Permission.READ_MEDIA, id="a passport cannot be masked"),
    ],
)
def test_what_the_matrices_forbid_is_refused(role: Role, permission: Permission) -> None:
    assert not may(role, permission)


def test_only_agents_and_relationship_managers_see_people_in_full() -> None:
    assert {role for role in Role if SIGHT[role] is Sight.FULL} == {Role.AGENT, Role.RM}
    assert SIGHT[Role.DIRECTOR] is Sight.NONE


@pytest.mark.parametrize(
    ("permission", "role", "is_granted", "holds"),
    [
        pytest.param(Permission.EDIT_FAQ, Role.AGENT, True, True, id="given within the limits"),
        pytest.param(Permission.EDIT_FAQ, Role.MARKETING, False, False, id="taken within the limits"),
        pytest.param(Permission.CHANGE_CONSENT, Role.MARKETING, True, False, id="no consent for who sends"),
        pytest.param(Permission.READ_CUSTOMERS, Role.DIRECTOR, True, False, id="no persons for the director"),
        pytest.param(Permission.MANAGE_USERS, Role.ADMIN, False, True, id="administration stays with ADMIN"),
        pytest.param(
            Permission.READ_AUDIT, Role.COMPLIANCE, False, True, id="the audit stays with COMPLIANCE"
        ),
    ],
)
def test_a_change_counts_only_where_the_table_allows_one(
    permission: Permission, role: Role, is_granted: bool, holds: bool
) -> None:
    changes = UNCHANGED.after(permission, role, is_granted=is_granted)
    assert Actor(name="x", role=role, changes=changes).may(permission) is holds


def test_changing_back_is_no_change() -> None:
    given = UNCHANGED.after(Permission.EDIT_FAQ, Role.AGENT, is_granted=True)
    assert given.after(Permission.EDIT_FAQ, Role.AGENT, is_granted=False) == UNCHANGED


def test_nothing_changeable_lets_the_director_see_or_marketing_consent() -> None:
    assert all(Role.DIRECTOR not in roles for roles in CHANGEABLE.values())
    assert Role.MARKETING not in CHANGEABLE[Permission.CHANGE_CONSENT]
