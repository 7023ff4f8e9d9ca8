"""The model that links people: the one that ships, or a folder with model.json and terms.csv."""

from pathlib import Path

from gateway.errors import ConfigError, error
from gateway.identity.decide import MODEL
from gateway.identity.score import Model, read_model

FILES = ("model.json", "terms.csv")


def model_in(folder: Path | None) -> Model:
    """The model of a folder; None: the one that ships. Raises ConfigError with every mistake."""
    if folder is None:
        return MODEL
    try:
        text, terms = (Path(folder, name).read_text("utf-8") for name in FILES)
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(error("file-unreadable", f"The identity model cannot be read: {e}. Nobody was linked.",
                                str(folder), "Train one: `gateway bulk link PEOPLE.csv --train --save FOLDER`.")) from e
    return read_model(text, terms, str(Path(folder, FILES[0])))


__all__ = ["FILES", "Model", "model_in"]
