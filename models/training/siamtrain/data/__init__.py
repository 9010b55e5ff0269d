"""From files to crops: readers, stores, geometry, changes of pixels, scores against truth."""
