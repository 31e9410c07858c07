"""SVG drawing, and charts made of rows. Knows no records."""
