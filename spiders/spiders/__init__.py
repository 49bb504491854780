"""The Scrapy spiders: a site, a first probe of one, a web archive."""
