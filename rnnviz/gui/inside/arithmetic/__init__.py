"""One number's arithmetic, term by term, and the question that hides it."""
