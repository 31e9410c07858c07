"""The site under mixed load while things break around it: `make load`; a short one is in `make race`."""
