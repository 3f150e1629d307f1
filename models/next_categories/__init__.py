"""What a customer buys next, by category: a mixture of four simple guesses, its test, and the forecast made of it."""
