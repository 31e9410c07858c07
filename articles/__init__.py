"""Articles, services, case studies and pages: one table with proxies (docs/adr/013), with authors and topics."""
