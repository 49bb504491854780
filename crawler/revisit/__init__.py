"""When a page is fetched again. Pure; the present moment is handed in."""
