"""The names of other packages on top of this one: change an import line, keep the rest."""
