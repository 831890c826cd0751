//! What the program was asked to do: arguments to plain data.

use std::time::Duration;

/// How many clients, and what each does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Clients that run side by side.
    pub clients: usize,
    /// Messages that each of them sends.
    pub messages: usize,
    /// The time from one message to the next.
    pub pace: Duration,
    /// What each message begins with.
    pub greeting: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clients: 4,
            messages: 5,
            pace: Duration::from_millis(20),
            // Set in .cargo/config.toml, so it is there only when that was read.
            greeting: option_env!("ASYNC_EXAMPLE_GREETING").unwrap_or("hello").to_owned(),
        }
    }
}

impl Options {
    /// Reads `--clients N`, `--messages N` and `--pace-ms N`.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(flag) = args.next() {
            if !matches!(flag.as_str(), "--clients" | "--messages" | "--pace-ms") {
                return Err(format!("unknown argument `{flag}`: try --clients, --messages or --pace-ms"));
            }
            let value = args.next().unwrap_or_default();
            let number: u32 =
                value.parse().map_err(|_| format!("`{flag}` wants a whole number, not `{value}`"))?;
            match flag.as_str() {
                "--clients" => options.clients = number as usize,
                "--messages" => options.messages = number as usize,
                _ => options.pace = Duration::from_millis(number.into()),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_change_what_they_name() {
        let options = parse("--clients 2 --pace-ms 7").unwrap();
        let pace = Duration::from_millis(7);
        assert_eq!(options, Options { clients: 2, pace, ..Options::default() });
    }

    #[test]
    fn errors_name_the_argument() {
        assert!(parse("--speed 3").unwrap_err().contains("`--speed`"));
        assert!(parse("--clients many").unwrap_err().contains("`many`"));
        assert!(parse("--clients").unwrap_err().contains("`--clients`"));
    }
}
