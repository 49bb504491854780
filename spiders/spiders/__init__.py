"""The Scrapy spiders: of a site, of a first probe of a site, and of a web archive."""
