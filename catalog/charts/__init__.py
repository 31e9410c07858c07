"""Charts of prices and releases as SVG, each with its table."""
