"""The classic network (SiamFC): its layers, its pairs, its training and its files."""
