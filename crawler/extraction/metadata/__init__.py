"""What a page says about its article: headline, author, dates, language. Pure."""
