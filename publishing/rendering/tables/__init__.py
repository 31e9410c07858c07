"""Tables in texts that compare catalogue records, filled with today's facts."""
