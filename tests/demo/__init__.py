"""`make demo`: invented organisations in three countries, two gateways, one record, and proofs that run."""
