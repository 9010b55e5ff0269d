"""The layers that networks begin with, whichever their kind."""
