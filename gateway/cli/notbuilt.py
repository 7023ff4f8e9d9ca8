"""Verbs of the contract that are not built yet: they say so and end with exit code 3."""

import click

from gateway.errors import NotBuilt, error

_WORDS = {
    "law": "list, check and explain rules of law packs",
    "share": "make, list and stop SMART Health Links",
    "voice": "report what patients said",
}


def _verb(name: str, does: str) -> click.Command:
    @click.command(name, help=f"Not built yet: {does}.", context_settings={"ignore_unknown_options": True})
    @click.argument("arguments", nargs=-1)
    def command(arguments: tuple[str, ...]) -> None:
        raise NotBuilt(error("not-built", f"`gateway {name}` ({does}) is not built yet. Nothing was done.", "",
                             "The README says what works today."))

    return command


law, share, voice = (_verb(name, does) for name, does in _WORDS.items())
