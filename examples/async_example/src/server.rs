//! The echo server: one task per connection, until it is asked to stop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::connection::Connection;
use crate::stats::Stats;
use crate::stop::Listener;

/// How long open connections may take to finish after the server was asked to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// A server that listens already.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    stats: Stats,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    pub async fn bind(stats: Stats) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Ok(Self { listener, stats })
    }

    /// Where clients find it.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is asked, then lets open connections finish.
    /// Returns how many of them had to be cut off.
    pub async fn run(self, mut stop: Listener) -> io::Result<usize> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted?;
                    self.stats.connected();
                    connections.spawn(serve(stream, self.stats.clone(), stop.clone()));
                }
                // Reap as they end, so that the set holds open connections only.
                Some(_) = connections.join_next() => {}
                () = stop.asked() => break,
            }
        }
        let drained = timeout(DRAIN, async { while connections.join_next().await.is_some() {} });
        Ok(if drained.await.is_ok() { 0 } else { connections.len() })
    }
}

/// Echoes frames until the client closes or the server stops.
async fn serve(stream: TcpStream, stats: Stats, mut stop: Listener) -> io::Result<()> {
    let mut connection = Connection::new(stream);
    loop {
        let payload = tokio::select! {
            payload = connection.read() => payload?,
            () = stop.asked() => None,
        };
        let Some(payload) = payload else {
            return Ok(());
        };
        // Counted first: a client that has its echo finds it in the counts.
        stats.echoed(payload.len());
        connection.write(&payload).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_up_the_end() {
        let stop = Stop::default();
        let stats = Stats::default();
        let server = Server::bind(stats.clone()).await.unwrap();
        let address = server.address().unwrap();
        let running = tokio::spawn(server.run(stop.listener()));
        let mut idle = Connection::new(TcpStream::connect(address).await.unwrap());
        idle.write(b"awake").await.unwrap();
        assert_eq!(idle.read().await.unwrap().as_deref(), Some(&b"awake"[..]));
        stop.ask();
        assert_eq!(running.await.unwrap().unwrap(), 0);
        assert_eq!(idle.read().await.unwrap(), None);
        assert_eq!(stats.counts().echoes, 1);
    }
}
