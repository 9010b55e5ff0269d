"""From files to crops: readers, geometry, changes of pixels, scores against truth."""
