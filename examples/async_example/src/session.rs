//! One session: a server, its clients, and who of them ends when.

use std::io;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::client::{self, Echoed, Task};
use crate::options::Options;
use crate::server::Server;
use crate::stats::{Counts, Stats};
use crate::stop::Stop;

/// How a session went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the server counted.
    pub counts: Counts,
    /// Clients that had all their echoes.
    pub finished_clients: usize,
    /// What ended the session early, if anything did.
    pub stopped_by: Option<&'static str>,
    /// Connections that did not end in time.
    pub cut_off: usize,
}

/// Runs until all clients are done or `interrupted` says why to stop before that.
/// Each echo is told to `on_echo` as it arrives.
pub async fn run(
    options: &Options,
    interrupted: impl Future<Output = &'static str>,
    mut on_echo: impl FnMut(Echoed),
) -> io::Result<Outcome> {
    let (stop, stats) = (Stop::default(), Stats::default());
    let server = Server::bind(stats.clone()).await?;
    let address = server.address()?;
    let server = tokio::spawn(server.run(stop.listener()));

    let (echoes, mut arriving) = mpsc::channel(16);
    let mut clients = JoinSet::new();
    let mut endings = Vec::new();
    for client in 1..=options.clients {
        let task = Task {
            client,
            greeting: options.greeting.clone(),
            messages: options.messages,
            pace: options.pace,
        };
        let (done, ending) = oneshot::channel();
        clients.spawn(client::run(task, address, echoes.clone(), done));
        endings.push(ending);
    }
    // Only the clients hold senders now: the channel closes when the last of them ends.
    drop(echoes);

    tokio::pin!(interrupted);
    let stopped_by = loop {
        tokio::select! {
            echo = arriving.recv() => match echo {
                Some(echo) => on_echo(echo),
                None => break None,
            },
            reason = &mut interrupted => break Some(reason),
        }
    };
    if stopped_by.is_some() {
        clients.abort_all();
    }
    while let Some(ended) = clients.join_next().await {
        match ended {
            Ok(result) => result?,
            Err(error) if error.is_cancelled() => {}
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    stop.ask();
    let cut_off = server.await.map_err(io::Error::other)??;
    let finished_clients = endings.iter_mut().filter_map(|ending| ending.try_recv().ok()).count();
    Ok(Outcome { counts: stats.counts(), finished_clients, stopped_by, cut_off })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn an_interrupt_ends_a_session_that_would_last() {
        let options = Options { messages: 1000, pace: Duration::from_secs(60), ..Options::default() };
        let (heard, first_echo) = oneshot::channel();
        let mut heard = Some(heard);
        let interrupted = async {
            first_echo.await.unwrap();
            "the test"
        };
        let outcome = run(&options, interrupted, |_| {
            if let Some(heard) = heard.take() {
                heard.send(()).unwrap();
            }
        });
        let outcome = outcome.await.unwrap();
        assert_eq!(outcome.stopped_by, Some("the test"));
        assert_eq!(outcome.finished_clients, 0);
        assert_eq!(outcome.cut_off, 0);
    }
}
