"""Pages of the work: each loads through access, binds a form, calls one service, answers."""
