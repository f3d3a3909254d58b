"""Chinese texts of the interface, one module an area."""
