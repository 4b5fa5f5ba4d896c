"""Where the routes of this version of the API begin."""

PREFIX = "/api/v1"
