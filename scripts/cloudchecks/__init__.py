"""What scripts/cloud-check looks at. Each check is a function of a tree: the repository, or a copy with a fault."""
