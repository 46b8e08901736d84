"""The report: one page of HTML that shows every case as a line over time.  It touches no account."""
