"""People with an account: how they sign in, what they say about items, what they take with them."""
