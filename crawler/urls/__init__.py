"""Which addresses name one page, which belong to a site, which are crawler traps. Pure."""
