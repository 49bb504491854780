"""Text dumps of whole pages, as people keep them: lines to articles, with confidence or not at all."""
