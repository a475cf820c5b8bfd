//! `postern dev`: a server for development, provisioned on its first start, with an inbox.

mod authority;
mod folder;
mod listening;
mod place;
mod provisioning;
mod seed;
mod welcome;

use std::sync::Arc;

use postern_delivery::http::OutboundPolicy;
use postern_delivery::settings::Addresses;
use postern_engine::provision::Provisioned;
use postern_http::web::domains::Domains;
use postern_http::web::limits::Limits;
use postern_http::web::origin::Proxies;

use self::folder::Folder;
use self::place::Place;
use crate::cli::DevArgs;
use crate::server::{Server, Tls};
use crate::shutdown::{self, Stop};
use crate::wiring::{self, Plan, System};
use crate::{clock, database, logging, master_key, terminal};

/// Writes that may wait: the store's own default.
const QUEUE: usize = 4096;

/// A development server, ready to be run.
pub(crate) struct Dev {
    /// Where it is.
    pub(crate) place: Place,
    /// The way in.
    pub(crate) access: Provisioned,
    folder: Folder,
    server: Server,
    system: System,
}

/// Runs until a signal comes.
pub(crate) async fn run(args: DevArgs) -> anyhow::Result<()> {
    logging::start(
        logging::Format::Text,
        &std::env::var("POSTERN_LOG").unwrap_or_else(|_| "warn".to_owned()),
    )?;
    let (switch, stop) = shutdown::switch();
    let dev = prepare(&args, stop.clone()).await?;
    if !listening::address(&args).ip().is_loopback() {
        terminal::note(
            "warning: the inbox shows codes without asking who reads them, and others can reach this address",
        );
    }
    dev.place.warn().await;
    welcome::show(&dev, !args.ephemeral)?;
    shutdown::on_signal(switch);
    dev.serve(stop).await;
    Ok(())
}

/// Makes a server ready. Its socket is bound already: who connects now waits until it is run.
pub(crate) async fn prepare(args: &DevArgs, stop: Stop) -> anyhow::Result<Dev> {
    let server = listening::bind(args).await?;
    let folder = if args.ephemeral { Folder::temporary()? } else { Folder::kept(&args.data)? };
    let (place, tls) = if args.tls {
        let names = place::names(args, server.address()?);
        let files = authority::find_or_make(&folder.file("tls"), &names, clock::now())?;
        let tls = Tls::read(&files.certificate, &files.key)?;
        (Place::secure(args, server.address()?, &files.authority)?, Some(tls))
    } else {
        (Place::plain(server.address()?), None)
    };
    let random = seed::random(args.seed, folder.path())?;
    let keys = Arc::new(master_key::read_or_make(&folder.file("master.key"), &random)?);
    let db = database::open_file(&folder.file("postern.db")).await?;
    database::migrate(&db).await?;
    let access = provisioning::find_or_make(&db, &keys, &random, place.urls.clone()).await?;
    let plan = Plan {
        db,
        keys,
        random,
        // Without names of its own, links carry the host that the client used.
        addresses: tls.is_some().then(|| place.urls.clone()),
        proxies: Proxies::default(),
        secure_cookies: tls.is_some(),
        domains: Domains::default(),
        limits: Limits::default(),
        outbound: OutboundPolicy::development(),
        providers: Addresses::default(),
        queue: QUEUE,
        authenticators: Arc::default(),
        development: true,
    };
    let system = wiring::assemble(plan, stop)?;
    Ok(Dev { place, access, folder, server: server.tls(tls), system })
}

impl Dev {
    /// Serves until it is time to stop, then closes everything and removes what is not to be kept.
    pub(crate) async fn serve(self, stop: Stop) {
        let Self { folder, server, system, .. } = self;
        system.serve(server, stop).await;
        folder.leave();
    }
}
