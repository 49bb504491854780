"""Looking at a site or a saved page without storing anything."""
