"""What of a site's pages is boilerplate: its template, learned from several pages. Pure."""
