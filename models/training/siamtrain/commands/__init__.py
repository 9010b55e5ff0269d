"""One file a command: HELP, configure(parser), run(args)."""
