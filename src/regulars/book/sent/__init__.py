"""What programs send, one record or ten thousand: found out whose it is, kept, each answered."""
