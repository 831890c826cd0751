//! The scheduler: runs what is not fresh, in order, with a jobserver and pipelining.
