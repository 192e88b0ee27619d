"""Reads for the pages of trust: contract, responsibilities."""

from dataclasses import dataclass
from typing import Any

from portal.core.models import User
from projects import rules
from projects.models import Area, ContractSignature, RaciEntry, TrustContract, UseCase

Part = RaciEntry.Part


@dataclass(frozen=True)
class Place:
    """One of the three signatures of a version."""

    capacity: str
    label: Any
    signature: ContractSignature | None
    verdict: Any


@dataclass(frozen=True)
class ContractPage:
    """The newest version with its signatures, the older ones, and what the reader may do."""

    contract: TrustContract | None
    places: list[Place]
    older: list[TrustContract]
    in_force: TrustContract | None  # the newest version that all three have signed

    @property
    def is_signed(self) -> bool:
        """The newest version is in force."""
        return bool(self.contract) and self.in_force == self.contract

    @property
    def missing(self) -> list[Any]:
        """Capacities in which the newest version is not signed yet."""
        return [each.label for each in self.places if each.signature is None]


def contract_page(use_case: UseCase, reader: User) -> ContractPage:
    """Versions newest first."""
    versions = list(
        use_case.trust_contracts.select_related("written_by").prefetch_related("signatures__user")
    )
    for each in versions:
        each.use_case = use_case
    contract = versions[0] if versions else None
    signed = {each.capacity: each for each in contract.signatures.all()} if contract else {}
    places = [
        Place(
            capacity,
            label,
            signed.get(capacity),
            rules.contracts.may_sign(reader, contract, capacity) if contract else None,
        )
        for capacity, label in ContractSignature.Capacity.choices
    ]
    wanted = len(ContractSignature.Capacity.values)
    in_force = next((each for each in versions if len(each.signatures.all()) == wanted), None)
    return ContractPage(contract, places, versions[1:], in_force)


@dataclass(frozen=True)
class AreaRow:
    """Who is who in one area."""

    area: str
    label: Any
    accountable: User | None
    responsible: list[User]
    consulted: list[User]
    informed: list[User]


def raci_rows(use_case: UseCase) -> list[AreaRow]:
    """The three areas."""
    entries = list(use_case.raci.select_related("user"))

    def people(area: str, part: str) -> list[User]:
        return [each.user for each in entries if each.area == area and each.part == part]

    return [
        AreaRow(
            area,
            label,
            getattr(use_case, f"{area}_owner"),
            people(area, Part.RESPONSIBLE),
            people(area, Part.CONSULTED),
            people(area, Part.INFORMED),
        )
        for area, label in Area.choices
    ]
