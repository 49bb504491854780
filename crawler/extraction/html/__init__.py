"""What an HTML page holds: its blocks, links, and where its article stands. Pure."""
