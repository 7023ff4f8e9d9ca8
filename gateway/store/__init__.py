"""What the home keeps, on SQLite or PostgreSQL: messages, facts, assertions, people, jobs, and caches over them.

`open_store` gives a `Store`; every function of the modules below takes one of its transactions:
units (messages) · facts · assertions · people · problems · alarms · ledger · cursors · changes · jobs · search ·
views · erase.
"""

from gateway.store.engine import Store, Transaction, instant, open_store

__all__ = ["Store", "Transaction", "instant", "open_store"]
