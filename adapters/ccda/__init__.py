"""C-CDA and other CDA R2 documents."""

from adapters.ccda.adapter import CCDA

__all__ = ["CCDA"]
