//! The only starter of processes: environment and directory explicit, children end with us.
