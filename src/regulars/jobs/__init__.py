"""The worker: the queue's tasks, and the readers of the timeline."""
