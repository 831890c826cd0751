//! The wish to stop: one sender, any number of tasks that listen.

use std::io;

use tokio::sync::broadcast;

/// Asks every listener to finish.
#[derive(Debug)]
pub struct Stop(broadcast::Sender<()>);

/// Learns when it is time to finish.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<()>);

impl Default for Stop {
    fn default() -> Self {
        Self(broadcast::Sender::new(1))
    }
}

impl Stop {
    /// A listener that hears every later [`Stop::ask`].
    pub fn listener(&self) -> Listener {
        Listener(self.0.subscribe())
    }

    /// Asks; returns how many are listening.
    pub fn ask(&self) -> usize {
        self.0.send(()).unwrap_or(0)
    }
}

impl Listener {
    /// Returns once it was asked to stop, or nobody is left who could ask.
    pub async fn asked(&mut self) {
        // A message, a closed channel and a missed message mean the same here: stop.
        self.0.recv().await.ok();
    }
}

impl Clone for Listener {
    fn clone(&self) -> Self {
        Self(self.0.resubscribe())
    }
}

/// Listens, from now on, for the signals that ask a program to end.
/// The future waits for the first of them and names it.
#[cfg(unix)]
pub fn signal() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "an interrupt",
            _ = terminate.recv() => "a request to terminate",
        }
    })
}

/// Listens, from now on, for the signals that ask a program to end.
/// The future waits for the first of them and names it.
#[cfg(windows)]
pub fn signal() -> io::Result<impl Future<Output = &'static str>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        "an interrupt"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_listener_hears() {
        let stop = Stop::default();
        let mut first = stop.listener();
        let mut second = first.clone();
        assert_eq!(stop.ask(), 2);
        first.asked().await;
        second.asked().await;
    }

    #[tokio::test]
    async fn a_lost_sender_means_stop() {
        let mut listener = Stop::default().listener();
        listener.asked().await;
    }
}
