"""Laws of the running product over random steps, 40 seeds each: mirror, hidden source (differential),
unlink, identity, erasure (0 bytes of the person in data/, also after a restore), and a store killed at random statements.
About 13 minutes."""

from collections.abc import Iterator

from tests.prove import Figure
from tests.prove._tests import run


def prove() -> Iterator[Figure]:
    # 40 seeds each: answers about what a consent hides, exports of it, clients that follow by exports and by `$everything`.
    yield from run("tests/laws/test_mirror_law.py", least=160)
    yield from run("tests/laws/test_erasure_law.py", least=40)
    yield from run("tests/laws/test_identity_law.py", least=80)
    yield from run("tests/engines/test_random_steps.py", least=4)
    yield from run("tests/store/test_crash.py", least=20, more=("-m", "prove"))
