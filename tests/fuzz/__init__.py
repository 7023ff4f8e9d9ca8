"""Random input for what strangers can reach: strategies, and the checks that hold for any bytes."""
