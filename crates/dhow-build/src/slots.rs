//! How many processes may run: the slots of a jobserver, which compilers and build scripts draw from too.

use std::sync::mpsc::Sender;

use jobserver::{Acquired, Client, HelperThread};

/// The slots that we hold. One belongs to us from the start, as to every process under a jobserver.
pub(crate) struct Slots<M> {
    held: Vec<Acquired>,
    requested: usize,
    client: Client,
    to: Sender<M>,
    /// Asks for slots. Started when the first is asked for: most builds have nothing to do.
    helper: Option<HelperThread>,
}

/// What comes back when a slot was asked for.
pub(crate) type Granted = std::io::Result<Acquired>;

impl<M: From<Granted> + Send + 'static> Slots<M> {
    /// Slots of `client`, which arrive through `to`.
    pub(crate) fn new(client: Client, to: Sender<M>) -> Self {
        Self { held: Vec::new(), requested: 0, client, to, helper: None }
    }

    /// Whether one more than `active` processes may run.
    pub(crate) fn allow(&self, active: usize) -> bool {
        active < self.held.len() + 1
    }

    /// Asks for as many slots as `wanted` processes in all need.
    pub(crate) fn request(&mut self, wanted: usize) -> std::io::Result<()> {
        while self.held.len() + 1 + self.requested < wanted {
            self.requested += 1;
            self.helper()?.request_token();
        }
        Ok(())
    }

    fn helper(&mut self) -> std::io::Result<&HelperThread> {
        if self.helper.is_none() {
            let to = self.to.clone();
            self.helper = Some(self.client.clone().into_helper_thread(move |granted| {
                // Nobody listens any more once the build is over: the slot goes back by being dropped.
                let _ignored = to.send(M::from(granted));
            })?);
        }
        self.helper.as_ref().ok_or_else(|| std::io::Error::other("there is no helper thread"))
    }

    /// A slot has arrived.
    pub(crate) fn granted(&mut self, slot: Acquired) {
        self.requested = self.requested.saturating_sub(1);
        self.held.push(slot);
    }

    /// Gives back what `active` running and `waiting` startable processes do not need.
    pub(crate) fn give_back(&mut self, active: usize, waiting: usize) {
        self.held.truncate((active + waiting).saturating_sub(1));
    }
}
