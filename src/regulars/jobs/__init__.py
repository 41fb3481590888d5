"""The queue's tasks and the worker that runs them."""
