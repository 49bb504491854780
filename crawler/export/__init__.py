"""Documents, captures and evidence written to files."""
