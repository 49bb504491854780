"""The stored data verified, copied and pruned."""
