"""The report of the demo: at most 80 lines of 100 columns."""

from typing import Any

WIDTH = 100


def text(shown: dict[str, Any], proved: dict[str, tuple[bool, str]], folder: str) -> str:
    """The sections SOURCES LEDGER PEOPLE RECORD CONFLICTS MISSING PROOFS LOG NEXT."""
    lines = [*_sources(shown), *_ledger(shown), *_people(shown), *_record(shown), *_conflicts(shown), *_missing(shown),
             *_proofs(proved), *_log(shown)]
    cut = [line if len(line) <= WIDTH else f"{line[:WIDTH - 1]}…" for line in lines]
    return "\n".join([*cut, *_next(shown, folder)])       # a command is never cut: it is there to be copied


def _sources(shown: dict[str, Any]) -> list[str]:
    rows = [f"SOURCES       {'kind':<6} {'land':<5}{'messages':>8} {'facts':>6} {'rejected':>8}  last answer"]
    for s in shown["sources"]:
        last = s["last_answer"] or f"never answered: {s['failing'] or 'not asked'}"
        rows.append(f"  {s['name']:<12}{s['kind']:<6} {s['country']:<5}{s['messages']:>8} {s['facts']:>6} {s['rejected']:>8}"
                    f"  {last}")
        if s["state"] == "no_answer":
            rows.append(f"  {'':<12}silent; usually holds {', '.join(s['sends']) or 'unknown'}")
    return rows


def _ledger(shown: dict[str, Any]) -> list[str]:
    ledger = shown["ledger"]
    total = ledger["mapped"] + ledger["ignored"] + ledger["unmapped"] or 1
    parts = [f"{name} {ledger[name]} ({100 * ledger[name] / total:.1f} %)" for name in ("mapped", "ignored", "unmapped")]
    paths = ", ".join(f"{path} ×{count}" for path, count in ledger["unmapped_paths"])
    return [f"LEDGER      {', '.join(parts)}; facts lost {ledger['facts_lost']}", f"  unmapped most: {paths or 'nothing'}"]


def _people(shown: dict[str, Any]) -> list[str]:
    truth = shown["truth"]
    apart = "kept apart" if shown["kept_apart"] else "NOT kept apart"
    return [f"PEOPLE      {shown['source_patients']} source patients → {shown['people']} persons, {shown['waiting']} wait "
            "for review",
            f"  why: {'; '.join(shown['waiting_why']) or 'nothing waits'}",
            f"  {shown['twins']} pairs of twins, {shown['father_son']} of father and son: {apart}",
            f"  against the truth: links right {truth['right']}, wrong {truth['false_links']}, missed {truth['missed']}"]


def _record(shown: dict[str, Any]) -> list[str]:
    page = shown["page"]
    lines = [f"RECORD      {page['title']} · {' · '.join(page['banner'])}", f"  ■ {shown['headline']}"]
    lines += [_row(r) for r in page["allergies"][:5]]
    for name, title, most in (("medications", "medicines now", 4), ("unlisted", "no longer listed", 2),
                              ("problems", "problems", 3), ("results", "results", 4), ("journey", "journey", 4)):
        rows = page[name]
        lines.append(f"  {title} ({len(rows)})" + (f", showing {most}" if len(rows) > most else ""))
        lines += [_row(r) for r in rows[:most]]
    return [*lines, *_why(shown)]


def _row(row: list[Any]) -> str:
    marks = f" [{', '.join(row[2])}]" if row[2] else ""
    said = f" ← {', '.join(row[1])}"
    room = WIDTH - 4 - len(marks) - len(said)
    return f"    {row[0] if len(row[0]) <= room else row[0][:room - 1] + '…'}{marks}{said}"


def _why(shown: dict[str, Any]) -> list[str]:
    why = shown.get("why")
    if not why:
        return []
    return [f"  why: {why['text']}", f"    {why['element']} = {why['value']} ← {why['path']} {why['source']!r}",
            f"    in {why['message']}, by {why['rule']}"]


def _conflicts(shown: dict[str, Any]) -> list[str]:
    return ["CONFLICTS", *(f"  ▲ {c}" for c in shown["page"]["checks"][:8])]


def _missing(shown: dict[str, Any]) -> list[str]:
    return [f"MISSING     {shown['page']['answered']}", *(f"  ◔ {gap}" for gap in shown["gaps"][:3])]


def _proofs(proved: dict[str, tuple[bool, str]]) -> list[str]:
    return ["PROOFS      each run now", *(f"  {'ok  ' if ok else 'FAIL'} {said}" for ok, said in proved.values())]


def _log(shown: dict[str, Any]) -> list[str]:
    return [f"LOG         {shown['log']['entries']} entries, {'verified' if shown['log']['verified'] else 'NOT VERIFIED'}"]


def _next(shown: dict[str, Any], folder: str) -> list[str]:
    gateway = f".venv/bin/gateway --home {folder}"
    return ["NEXT", f"  {gateway} record {shown['patient']} --why --reason demo", f"  {gateway} msg problems",
            f"  {gateway} audit verify"]
