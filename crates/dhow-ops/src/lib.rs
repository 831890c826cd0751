//! One function per command: returns data, prints nothing.
