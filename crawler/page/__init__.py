"""What an HTML page holds: its article, its blocks, what it says about itself."""
