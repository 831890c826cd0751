//! Runs one echo session and prints what happened.

use std::io;
use std::process::ExitCode;

use async_example::options::Options;
use async_example::{session, stop};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("async_example: {message}");
            return ExitCode::from(2);
        }
    };
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("async_example: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    let Options { clients, messages, greeting, .. } = options;
    let interrupted = stop::signal()?;
    // After this line a signal ends the session, and no longer the process.
    println!("{greeting}: {clients} clients, {messages} messages each");
    let outcome = session::run(options, interrupted, |_| {}).await?;
    if let Some(reason) = outcome.stopped_by {
        println!("stopped early by {reason}");
    }
    println!("served {}", outcome.counts);
    println!("{} of {clients} clients finished", outcome.finished_clients);
    Ok(())
}
