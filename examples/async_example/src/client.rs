//! A client: says a few things, checks that each comes back, and reports.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{interval, timeout};

use crate::connection::Connection;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one client is to do.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its number, from 1.
    pub client: usize,
    /// What each message begins with.
    pub greeting: String,
    /// How many messages it sends.
    pub messages: usize,
    /// The time from one message to the next.
    pub pace: Duration,
}

/// A message that came back as it went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echoed {
    /// Who sent it.
    pub client: usize,
    /// Which of its messages it was, from 1.
    pub message: usize,
}

/// Does `task`; the number of echoes goes to `done` when all of them are back.
pub async fn run(
    task: Task,
    server: SocketAddr,
    echoes: mpsc::Sender<Echoed>,
    done: oneshot::Sender<usize>,
) -> io::Result<()> {
    let mut connection = Connection::new(TcpStream::connect(server).await?);
    let mut tick = interval(task.pace.max(Duration::from_millis(1)));
    for message in 1..=task.messages {
        tick.tick().await;
        let text = format!("{} {message} from client {}", task.greeting, task.client);
        connection.write(text.as_bytes()).await?;
        let answer = timeout(PATIENCE, connection.read()).await??;
        if answer.as_deref() != Some(text.as_bytes()) {
            return Err(io::Error::other(format!("`{text}` did not come back")));
        }
        // Nobody listening is no reason to stop talking.
        echoes.send(Echoed { client: task.client, message }).await.ok();
    }
    done.send(task.messages).ok();
    Ok(())
}
