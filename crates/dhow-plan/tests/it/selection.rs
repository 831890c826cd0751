//! Which packages and targets a request means, and what it says when they are not there.
