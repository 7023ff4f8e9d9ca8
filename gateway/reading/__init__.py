"""Reading one message: parse, map, check. Shared by the corridor in and by whoever shows where a value came from."""
