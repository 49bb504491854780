"""What people and other tools are told, as text and as JSON."""
