"""Step 6, between classes: a table of rules. A change of a class can change the findings of its groups only."""

from gateway.merge.rules.kinds import KINDS
from gateway.merge.rules.medicines import DOSES, DRUG_ALLERGY
from gateway.merge.rules.near import NEAR
from gateway.merge.rules.none_known import NONE_KNOWN
from gateway.merge.rules.polarity import POLARITY
from gateway.merge.rules.results import CONSTANTS, STALE
from gateway.merge.rules.rule import CrossRule, Scene
from gateway.merge.rules.sites import SITES
from gateway.merge.rules.stays import PAYERS, STAYS
from gateway.merge.rules.words import WORDS

RULES: tuple[CrossRule, ...] = (POLARITY, NONE_KNOWN, DRUG_ALLERGY, DOSES, NEAR, WORDS, KINDS, STALE, CONSTANTS,
                                SITES, STAYS, PAYERS)

__all__ = ["RULES", "CrossRule", "Scene"]
