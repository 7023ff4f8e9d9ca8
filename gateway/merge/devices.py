"""Names of one device: the whole UDI as it is printed, and device identifier with serial number out of it (GS1)."""

import re
from collections.abc import Hashable, Iterator

from gateway.merge.body import Body, items, text
from gateway.merge.words import fold, says_nothing

_PARTS = re.compile(r"\((\d{2,3})\)([^()]+)", re.ASCII)
_ITEM, _SERIAL = "01", "21"


def udis(device: Body) -> Iterator[tuple[Hashable, ...]]:
    """What the carriers of a Device name: a carrier as printed, and (device identifier, serial number)."""
    for carrier in items(device, "udiCarrier"):
        printed = text(carrier, "carrierHRF")
        if printed or text(carrier, "carrierAIDC"):
            yield ("udi", "".join((printed or text(carrier, "carrierAIDC")).split()))
        parts = dict(_PARTS.findall(printed))
        item = text(carrier, "deviceIdentifier") or parts.get(_ITEM, "")
        serial = text(device, "serialNumber") or parts.get(_SERIAL, "").strip()
        if item and not says_nothing(serial):
            yield ("item", item, serial)


def serial(device: Body) -> Iterator[tuple[Hashable, ...]]:
    """Manufacturer, where it is told, and serial number."""
    if not says_nothing(text(device, "serialNumber")):
        yield ("serial", fold(text(device, "manufacturer")), text(device, "serialNumber"))
