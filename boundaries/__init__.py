"""What is drawn: districts, blocks, units and plans; storage, redrawing, balancing, merging."""
