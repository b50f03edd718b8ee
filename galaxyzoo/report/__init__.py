"""The report: one page that explains what was done and shows what came of it."""
