"""The governor: requests, tokens and money, reserved before a call and settled after it."""
