"""The site under mixed load while parts of it fail: `make load`; a short run is in `make race`."""
