"""docs/operations.md, run line by line on a new Debian machine: `make guide`."""
