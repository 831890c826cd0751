//! Running what was built: programs, tests and documentation tests, with the environment that Cargo gives them.
