"""Learns the boilerplate of a site, its template, from several of its pages. Pure."""
