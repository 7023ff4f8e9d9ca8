"""What a place is said to hold (sdk.Sketches): a path whose first step is not there selects nothing."""

from adapters.ccda import CCDA
from gateway.reading.reader import mapping_of, tables
from gateway.shipped import shipped
from tests.ccda_documents import everything

PATHS: set[str] = set()


class Recording(CCDA):
    """The adapter, which notes the paths that mappings ask for."""

    def path(self, text):
        PATHS.add(text)
        return super().path(text)


def test_a_path_whose_first_step_a_place_does_not_hold_selects_nothing_there():
    adapter = Recording()
    mapping_of((), "ccda", shipped(), adapter, tables(shipped()))
    steps = [(path, step, adapter.path(path)) for path in sorted(PATHS) if (step := adapter.outline(path))]
    document = adapter.parse(everything("D-1"))
    passed = [(place, path, select) for place in (document, *document.elements) for path, step, select in steps
              if step not in adapter.holds_at(place)]
    assert len(steps) > 100 and len(passed) > 10_000
    assert [(place, path) for place, path, select in passed if select(place)] == []


def test_a_path_that_leads_elsewhere_has_no_first_step():
    for path in (".", "..", "../code", "/effectiveTime", "//section", "^author/time", "same()", "pair()", "*(allergy)"):
        assert CCDA().outline(path) == "", path
    assert [CCDA().outline(p) for p in ("code/@code", "@moodCode", "value[@unit]", "act(note)/text")] == [
        "code", "@moodCode", "value", "act"]
