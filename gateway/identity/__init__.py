"""Which source patients are one person: features, weights, guards, clusters. Pure. (ID-05 to ID-09)"""

from gateway.identity.assertions import said
from gateway.identity.block import keys
from gateway.identity.cluster import Scores
from gateway.identity.decide import MODEL, Comparison, alike, compare, compare_features
from gateway.identity.features import Features
from gateway.identity.linkage import Clusters, cluster, touched
from gateway.identity.patient import features_of
from gateway.identity.score import Model, read_model

__all__ = ["MODEL", "Clusters", "Comparison", "Features", "Model", "Scores", "alike", "cluster", "compare",
           "compare_features", "features_of", "keys", "read_model", "said", "touched"]
