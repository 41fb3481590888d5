"""The command line: reads the request, calls one function, shows the answer."""
