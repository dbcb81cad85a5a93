"""How a customer looks from outside: one view, masked by how clearly the asker sees this very person right now."""

from datetime import datetime
from typing import Any

from admin.desk import Desk
from admin.shapes import View
from flows.customer import CustomerTier
from flows.domain import Consent
from flows.masking import mask_account, mask_email, mask_nik, phone_for, text_for
from flows.roles import Sight
from storage.people.customers import Person

# What of a person is hidden whole but for its end from those who see masked. CIF is of the same sensitivity as NIK (seed 004's tier 2).
_ENDS = {"nik": mask_nik, "email": mask_email, "account": mask_account}


class CustomerView(View):
    id: str
    name: str | None
    phone: str | None
    cif: str | None
    tier: CustomerTier
    language: str
    consent_marketing: Consent
    branch: str | None
    owner: str | None
    nik: str | None
    email: str | None
    account: str | None
    birth_date: str | None
    address: str | None
    job: str | None
    note: str | None
    revealed_until: datetime | None = None
    created_at: datetime


def customer_view(
    desk: Desk, sight: Sight, person: Person, revealed_until: datetime | None = None
) -> CustomerView:
    """The person as this sight may see them."""
    facts = person.profile
    return CustomerView(
        id=person.id,
        name=text_for(sight, person.name),
        phone=phone_for(sight, person.phone),
        cif=end_for(sight, "nik", person.cif),
        tier=person.tier,
        language=person.language,
        consent_marketing=person.consent_marketing,
        branch=person.branch,
        owner=person.owner,
        **{name: end_for(sight, name, facts.get(name)) for name in _ENDS},
        birth_date=birth_date_for(sight, facts.get("birth_date")),
        address=address_for(sight, facts.get("address")),
        job=text_for(sight, _text(facts.get("job"))),
        note=text_for(sight, _text(facts.get("note"))),
        revealed_until=desk.local(revealed_until) if revealed_until else None,
        created_at=desk.local(person.created_at),
    )


def end_for(sight: Sight, kind: str, value: Any) -> str | None:  # Any: JSON as stored.
    """A number or address of that kind as this sight may see it."""
    if not value or sight is Sight.NONE:
        return None
    return str(value) if sight is Sight.FULL else _ENDS[kind](str(value))


def birth_date_for(sight: Sight, value: Any) -> str | None:  # Any: JSON as stored.
    """A day of birth is half of a NIK: masked, only its year is left."""
    if not value or sight is Sight.NONE:
        return None
    return str(value) if sight is Sight.FULL else f"{str(value)[:4]}-●●-●●"


def address_for(sight: Sight, value: Any) -> str | None:  # Any: JSON as stored.
    """Where somebody lives cannot be half hidden: masked, only that it is known."""
    if not value or sight is Sight.NONE:
        return None
    return str(value) if sight is Sight.FULL else "●●●●●●●●"


def _text(value: Any) -> str | None:  # Any: JSON as stored.
    return None if value is None else str(value)
