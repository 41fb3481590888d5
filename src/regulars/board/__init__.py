"""Pages for the company: read the request, call one function, show the answer."""
