"""What the demo shows, as figures: the same go to demo.json and to the report."""

from itertools import combinations
from typing import Any

from gateway.disclose import log as logs
from gateway.disclose import sources
from gateway.disclose.lineage import lineage_of
from gateway.disclose.pages import contributors as contributors_of
from gateway.disclose.records import view_of
from gateway.disclose.transfer import Asked
from gateway.opened import Gate, iso
from gateway.policy.request import Request
from gateway.store import ledger, people, problems
from gateway.store.patients import Ref
from gateway.summary.context import code_of, contributors
from gateway.summary.page import page
from gateway.summary.words import words
from tests.world import World


def clinician(gate: Gate, purpose: str = "TREAT", organisation: str = "Region Norrland") -> Asked:
    """A clinician's request."""
    return Asked(Request(purpose=purpose, role="clinician", user="Dr M. Holm", organisation=organisation, country="SE",
                         care=True, time=iso(gate.now()), scopes=("user/*.rs",)), "record", "make demo")


def hero_id(gate: Gate, world: World) -> str:
    """The person id of the patient who has everything."""
    patients = world.truth["persons"][world.truth["hero"]]["patients"]
    with gate.store.read() as tx:
        return next(p for x in patients if (p := people.person(tx, Ref(x["source"], x["id"]))))


def collect(gate: Gate, world: World) -> dict[str, Any]:
    """All figures but proofs and log."""
    view = view_of(gate, clinician(gate), hero_id(gate, world))
    said_by = contributors(view.record, view.source_of)
    with gate.store.read() as tx:
        totals = ledger.totals(tx)
        shown = page(view.record, view.facts, sources.said(gate, tx, view), iso(gate.now()))
        found = problems.find(tx)
    record = [{"resource": f"{r['resourceType']}/{r['id']}", "text": words(r),
               "sources": said_by.get(f"{r['resourceType']}/{r['id']}", [])} for r in view.record["resources"]]
    return {
        "sources": source_rows(gate, found), "patient": view.patient, "record": record, **identity(gate, world),
        "ledger": {"mapped": totals.mapped, "ignored": totals.ignored, "unmapped": totals.unmapped, "facts_lost": lost(view),
                   "unmapped_paths": [[p, n] for p, n in sorted(totals.paths.items(), key=lambda i: (-i[1], i[0]))[:3]]},
        "conflicts": [f"{code_of(i)}: {i.get('detail', '')}" for i in view.record["issues"]],
        "why": why(gate, view), "gaps": list(shown.missing), "headline": shown.headline.text, "page": _page(shown)}


def why(gate: Gate, view: Any) -> dict[str, str]:
    """For the newest laboratory value: the file, segment and field that it came from."""
    results = [r for r in view.record["resources"] if r["resourceType"] == "Observation" and "valueQuantity" in r]
    for r in sorted(results, key=lambda r: (r.get("effectiveDateTime", ""), r["id"]), reverse=True):
        with gate.store.read() as tx:
            for fact in contributors_of(gate, tx, view, f"Observation/{r['id']}"):
                for line in lineage_of(gate, tx, fact):
                    if line["element"] == "Observation.valueQuantity.value":
                        return {**line, "message": fact["message"], "text": words(r)}
    return {}


def lost(view: Any) -> int:
    """Visible facts that the merge's ledger does not account for: 0, or the merge is broken."""
    return len(set(view.facts) - set(view.record["ledger"]))


def _page(shown: Any) -> dict[str, Any]:
    return {"title": shown.title, "banner": list(shown.banner), "checks": list(shown.checks),
            "answered": shown.answered, "allergies": [[r.text, list(r.sources), list(r.marks)] for r in shown.allergies]
            + [[s.line, list(s.sources), []] for s in shown.statements["allergies"]],
            **{name: [[r.text, list(r.sources), list(r.marks)] for r in shown.lists[name]]
               for name in ("medications", "unlisted", "problems", "results", "journey", "immunizations")}}


def source_rows(gate: Gate, found: list[Any]) -> list[dict[str, Any]]:
    """The rows of SOURCES; issues = problems that are open for the source."""
    return [{"name": r["name"], "kind": r["kind"], "country": r["country"], "state": r["state"],
             "messages": r["messages"], "facts": r["facts"], "issues": sum(p.source == r["name"] for p in found),
             "rejected": r["rejected"], "last_answer": r["last_answer"], "sends": r["sends"], "failing": r["failing"],
             "organisation": r["organisation"]} for r in sources.rows(gate)]


def identity(gate: Gate, world: World) -> dict[str, Any]:
    """Persons, the review queue, and links measured against the truth."""
    with gate.store.read() as tx:
        persons: dict[str, list[Ref]] = {}
        after = ""
        while page_ := people.persons(tx, after):
            persons.update((p, people.members(tx, p)) for p in page_)
            after = page_[-1]
        review = [d for d in people.decisions(tx)
                  if people.person(tx, d.a) != people.person(tx, d.b)]
    truth = {Ref(x["source"], x["id"]): key for key, p in world.truth["persons"].items() for x in p["patients"]}
    links = {pair for members in persons.values() for pair in combinations(members, 2)}
    real = {tuple(sorted(pair)) for pair in combinations(truth, 2) if truth[pair[0]] == truth[pair[1]]}
    known = {pair for pair in links if pair[0] in truth and pair[1] in truth}
    right = len(known & real)
    false = len(known - real)
    apart = all(truth.get(a) == truth.get(b) for a, b in known)
    return {"people": len(persons), "source_patients": sum(len(m) for m in persons.values()),
            "waiting": len(review), "waiting_why": sorted({w for d in review for w in d.detail.get("why", ())})[:3],
            "kept_apart": apart, "twins": len(world.truth["twins"]), "father_son": len(world.truth["father_son"]),
            "truth": {"link_precision": round(right / len(known), 4) if known else 0.0,
                      "link_recall": round(right / len(real), 4) if real else 0.0, "false_links": false,
                      "right": right, "missed": len(real) - right}}


def log(gate: Gate) -> dict[str, Any]:
    """Entries of the log, and whether they verify."""
    gate.log.checkpoint()
    verdict = logs.verified(gate)
    return {"entries": gate.log.size(), "verified": verdict.state == "VERIFIED"}
