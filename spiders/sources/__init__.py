"""Reads the sources that list a site's pages: WordPress API, sitemaps, feeds, links, web archives."""
