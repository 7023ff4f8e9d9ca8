"""Conversions by the name of the HL7 data type they take: `fn(node, context, form)` → FHIR data type, value or None.

Leaves of what they give are `Value`s that know the leaf paths they came from. What is there and cannot be converted
raises ValueError with the reason; a part that cannot is an issue, and the rest stands.
"""

from collections.abc import Mapping

from adapters.hl7v2.datatypes.attachments import ED, RP, document_content
from adapters.hl7v2.datatypes.codes import (
    CWE,
    ST,
    coding,
    none_known,
    translated,
    translated_coding,
    translated_known,
    yesno,
)
from adapters.hl7v2.datatypes.described import described
from adapters.hl7v2.datatypes.directory import authority, place
from adapters.hl7v2.datatypes.identifiers import CX, DLN, EI, EIP, HD, PLN, typed
from adapters.hl7v2.datatypes.numbers import CQ, MO, NM, NR, SI, SN, daily, quantity, ratio
from adapters.hl7v2.datatypes.observations import (
    dose,
    note,
    obx_attachment,
    obx_components,
    obx_range,
    obx_unnamed,
    obx_value,
    obx_written,
)
from adapters.hl7v2.datatypes.people import CNN, NDL, PPN, XCN, XON, XPN
from adapters.hl7v2.datatypes.places import LA2, PL, XAD, XTN
from adapters.hl7v2.datatypes.times import DR, DT, DTM, TM, finest, plus, until, untimed
from adapters.hl7v2.datatypes.timing import RI, TQ
from adapters.hl7v2.datatypes.vaccines import doses, leaflets
from gateway.sdk import Function

FUNCTIONS: Mapping[str, Function] = {
    "CX": CX, "typed": typed, "EI": EI, "EIP": EIP, "HD": HD, "DLN": DLN, "PLN": PLN,
    "XPN": XPN, "FN": XPN, "XCN": XCN, "CNN": CNN, "PPN": PPN, "NDL": NDL, "XON": XON,
    "XAD": XAD, "SAD": XAD, "AD": XAD, "XTN": XTN, "TN": XTN, "PL": PL, "LA2": LA2, "place": place,
    "authority": authority,
    "CWE": CWE, "CE": CWE, "CNE": CWE, "CF": CWE, "IS": CWE, "ID": CWE, "coding": coding, "described": described,
    "translated": translated, "translated_coding": translated_coding, "translated_known": translated_known,
    "none_known": none_known,
    "DTM": DTM, "TS": DTM, "DT": DT, "TM": TM, "DR": DR, "finest": finest, "plus": plus, "until": until,
    "untimed": untimed,
    "NM": NM, "SI": SI, "SN": SN, "CQ": CQ, "NR": NR, "MO": MO, "CP": MO, "quantity": quantity,
    "ratio": ratio, "daily": daily,
    "ST": ST, "TX": ST, "FT": ST, "yesno": yesno, "note": note,
    "ED": ED, "RP": RP, "document_content": document_content,
    "TQ": TQ, "RI": RI, "obx_value": obx_value, "obx_components": obx_components, "obx_attachment": obx_attachment,
    "obx_range": obx_range, "obx_unnamed": obx_unnamed, "obx_written": obx_written, "dose": dose,
    "doses": doses, "leaflets": leaflets}
# Those that read nothing but their field, where fields say the same in many messages (times, measures, numbers of
# patients and visits do not).
ALONE = frozenset((
    "EI", "EIP", "HD", "PLN", "XPN", "FN", "XCN", "CNN", "PPN", "NDL", "XON", "XAD", "SAD", "AD",
    "XTN", "TN", "PL", "LA2", "place", "authority", "CWE", "CE", "CNE", "CF", "IS", "ID", "coding", "translated",
    "translated_coding", "none_known", "ST", "TX", "FT", "yesno"))
