"""Acts of people: what they may do to the record, who may, and what it adds up to. The contract decides.

An act is an event of the ledger like any other; it becomes one only after ``refusal`` found nothing against it.
"""

from __future__ import annotations

from monitor.acts.events import (
    Acknowledged,
    Act,
    Decision,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    Head,
    ItemDeclared,
    MaintenanceCancelled,
    MaintenancePlanned,
    MaintenanceRepeated,
    Note,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    Signature,
    Stamp,
    ViewApproved,
    WorkOrdered,
)
from monitor.acts.form import illegible
from monitor.acts.judgement import Known, refusal, standing, unfounded
from monitor.acts.refusals import Reason, Refusal
from monitor.acts.signing import Recorded, Written, public_text, read_act, signed, written_act
from monitor.acts.standing import Declaration, History, Standing, Step, Void, Work
from monitor.acts.terms import ActTerms, act_terms

__all__ = [
    "Acknowledged",
    "Act",
    "ActTerms",
    "Decision",
    "Declaration",
    "DeclarationWithdrawn",
    "ExclusionApproved",
    "ExclusionProposed",
    "ExclusionRejected",
    "ExclusionWithdrawn",
    "Head",
    "History",
    "ItemDeclared",
    "Known",
    "MaintenanceCancelled",
    "MaintenancePlanned",
    "MaintenanceRepeated",
    "Note",
    "PeriodClosed",
    "PeriodCorrected",
    "Reason",
    "Recorded",
    "Refusal",
    "RemovalConfirmed",
    "Signature",
    "Stamp",
    "Standing",
    "Step",
    "ViewApproved",
    "Void",
    "Work",
    "WorkOrdered",
    "Written",
    "act_terms",
    "illegible",
    "public_text",
    "read_act",
    "refusal",
    "signed",
    "standing",
    "unfounded",
    "written_act",
]
