"""The book: the course as a web site that needs nothing installed, out of the executed notebooks."""
