"""What the example company's other systems hold beside the orders: one file of each kind."""
