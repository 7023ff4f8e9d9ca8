"""Merkle tree of the transfer log: leaf and node hashing, roots and proofs of RFC 6962 section 2 (AUD-08).

Hashes are 32 raw bytes. Nothing here reads a file or a clock.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree that keeps only the roots of its perfect subtrees (at most log2 n hashes)."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        self.size += 1
        node, n = leaf, self.size
        while not n & 1:
            node = node_hash(self.peaks.pop(), node)
            n >>= 1
        self.peaks.append(node)

    @property
    def root(self) -> bytes:
        """Root over all leaves so far."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


def _split(n: int) -> int:
    """Largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Audit path of leaf `index` (from 0), RFC 6962 2.1.1."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion(index, leaves[:k]), root(leaves[k:])]
    return [*inclusion(index - k, leaves[k:]), root(leaves[:k])]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Does the path prove that `leaf` stands at `index` of the tree of `size` with root `expected`?"""
    if not 0 <= index < size:
        return False
    node, last = leaf, size - 1
    for sibling in path:
        if not last:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        index >>= 1
        last >>= 1
    return not last and node == expected


def consistency(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Proof that the tree of the first `old` leaves is a prefix of the tree of all, RFC 6962 2.1.2."""
    return _subproof(old, leaves, True) if 0 < old < len(leaves) else []


def _subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    n = len(leaves)
    if m == n:
        return [] if whole else [root(leaves)]
    k = _split(n)
    if m <= k:
        return [*_subproof(m, leaves[:k], whole), root(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], False), root(leaves[:k])]
