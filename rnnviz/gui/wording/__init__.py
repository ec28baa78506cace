"""Words: what numbers, tokens and claims are called when a person reads them."""
