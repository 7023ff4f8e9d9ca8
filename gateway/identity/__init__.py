"""Which source patients are one person: features, comparisons, weights, guards, clusters. Pure; standard: ID-06, ID-07."""

from gateway.identity.assertions import said
from gateway.identity.block import keys
from gateway.identity.cluster import Scores
from gateway.identity.decide import MODEL, Comparison, compare, compare_features
from gateway.identity.features import Features, features_of
from gateway.identity.linkage import Clusters, cluster, touched
from gateway.identity.score import Model, read_model

__all__ = ["MODEL", "Clusters", "Comparison", "Features", "Model", "Scores", "cluster", "compare", "compare_features",
           "features_of", "keys", "read_model", "said", "touched"]
