"""The site of a node, asked over HTTP in this process."""
