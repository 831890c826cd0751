//! The unit graph and its recipes: what has to exist and how each unit is made. Pure.
