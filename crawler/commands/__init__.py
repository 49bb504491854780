"""The commands, by the noun they are about. Each is its options, one call and one print."""
