//! The project's hub as a place where packages come from. It is never asked for more than it has: what it lacks is
//! brought to it from the home (see `hub_fill`).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;

use dhow_config::Config;
use dhow_fetch::Registries;
use dhow_home::{CargoHome, ReadGuard};
use dhow_hub::{Hub, HubError, HubSettings};
use dhow_model::PackageId;
use dhow_workspace::{Package, Workspace};

use crate::error::Error;
use crate::event::Event;
use crate::network::{self, Replaced};
use crate::session::{HubUse, Session};

/// A hub that is in use.
pub(crate) struct HubSources {
    pub(crate) hub: Hub,
    pub(crate) settings: HubSettings,
    /// The members of the workspace.
    pub(crate) members: Vec<PackageId>,
    /// Without network, and as configuration has it that lies in the project: who builds from the hub elsewhere, or with
    /// plain Cargo, has no other.
    pub(crate) registries: Registries,
    /// The home itself is the hub: `CARGO_HOME=.cargo`.
    pub(crate) is_home: bool,
    /// What is asked about packages is asked of the hub.
    pub(crate) is_asked: Cell<bool>,
    /// What of the lock file the hub holds archives and sources of: everything unless it says so.
    pub(crate) needed: RefCell<Option<BTreeSet<PackageId>>>,
    in_place: RefCell<Option<ReadGuard>>,
}

impl HubSources {
    /// The hub of the workspace, if it has one and it is to be used.
    pub(crate) fn find(session: &Session<'_>, workspace: &Workspace) -> Result<Option<Self>, Error> {
        let root = workspace.root();
        let hub = Hub::of_workspace(root);
        let is_home =
            || dhow_fs::canonicalize(session.config.home()) == dhow_fs::canonicalize(hub.home().root());
        let settings = match session.hub {
            HubUse::Never => return Ok(None),
            HubUse::With(settings) => settings.clone(),
            HubUse::Required => hub.settings()?.ok_or_else(|| HubError::None { root: root.to_owned() })?,
            HubUse::Found => match hub.settings()? {
                // A home like any other, then.
                Some(settings) if !is_home() => settings,
                _ => return Ok(None),
            },
        };
        let is_home = is_home();
        let registries = registries_of_project(session, root, hub.home())?;
        Ok(Some(Self {
            hub,
            settings,
            members: workspace.members().iter().map(Package::id).collect(),
            registries,
            is_home,
            is_asked: Cell::new(false),
            needed: RefCell::default(),
            in_place: RefCell::default(),
        }))
    }

    /// Whether the hub holds archive and sources of a package that the lock file names.
    pub(crate) fn holds(&self, id: PackageId) -> bool {
        self.needed.borrow().as_ref().is_none_or(|needed| needed.contains(&id))
    }

    /// From now on nobody removes anything from the hub, until [`Self::let_go`].
    pub(crate) fn keep_in_place(&self, session: &Session<'_>) -> Result<(), Error> {
        if self.in_place.borrow().is_none() {
            let home = self.hub.home();
            let told = |notice| session.tell(Event::of_lock(notice, "hub", home.root()));
            *self.in_place.borrow_mut() = Some(home.lock_sources(&told)?);
        }
        Ok(())
    }

    /// Others may remove things from it again.
    pub(crate) fn let_go(&self) {
        self.in_place.borrow_mut().take();
    }
}

/// The registries of a hub: without network, and as configuration has it that lies in the project.
pub(crate) fn registries_of_project(
    session: &Session<'_>,
    root: &Path,
    home: &CargoHome,
) -> Result<Registries, Error> {
    let config = Config::of_project_alone(root)?;
    let alone = Session { config: &config, ..*session };
    let mut settings = network::settings(&alone, Replaced::ByConfiguration)?;
    settings.net.offline = true;
    settings.http = network::http(session)?;
    Ok(Registries::new(home.clone(), settings, network::vendored_summary()))
}
