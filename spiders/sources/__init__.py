"""Where a site's pages are listed: WordPress, sitemaps, feeds, links, a web archive's index."""
