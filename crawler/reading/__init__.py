"""Reading bodies with today's rules: pages, articles in parts, other documents, and all of it anew."""
