"""Three small web sites on loopback, in the shapes of sites people watch, and the night that changes them."""
