//! `postern dev`: a server for development, provisioned on its first start, with an inbox.

mod folder;
mod provisioning;
mod seed;
mod welcome;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use postern_delivery::http::OutboundPolicy;
use postern_delivery::settings::Addresses;
use postern_engine::provision::Provisioned;
use postern_http::web::origin::Proxies;

use self::folder::Folder;
use crate::cli::DevArgs;
use crate::server::Server;
use crate::shutdown::{self, Stop};
use crate::wiring::{self, Plan, System};
use crate::{database, logging, master_key, terminal};

/// Writes that may wait: the store's own default.
const QUEUE: usize = 4096;

/// A development server, ready to be run.
pub(crate) struct Dev {
    /// What it listens on, as clients write it: `http://127.0.0.1:8080`.
    pub(crate) address: String,
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
    if !args.listen.ip().is_loopback() {
        terminal::note(
            "warning: the inbox shows codes without asking who reads them, and others can reach this address",
        );
    }
    welcome::show(&dev, !args.ephemeral)?;
    shutdown::on_signal(switch);
    dev.serve(stop).await;
    Ok(())
}

/// Makes a server ready. Its socket is bound already: who connects now waits until it is run.
pub(crate) async fn prepare(args: &DevArgs, stop: Stop) -> anyhow::Result<Dev> {
    let server = Server::bind(args.listen).await?;
    let address = format!("http://{}", reachable(server.address()?));
    let folder = if args.ephemeral { Folder::temporary()? } else { Folder::kept(&args.data)? };
    let random = seed::random(args.seed, folder.path())?;
    let keys = Arc::new(master_key::read_or_make(&folder.file("master.key"), &random)?);
    let db = database::open_file(&folder.file("postern.db")).await?;
    database::migrate(&db).await?;
    let access = provisioning::find_or_make(&db, &keys, &random, &address).await?;
    let plan = Plan {
        db,
        keys,
        random,
        addresses: None,
        proxies: Proxies::default(),
        secure_cookies: false,
        outbound: OutboundPolicy::development(),
        providers: Addresses::default(),
        queue: QUEUE,
        authenticators: Arc::default(),
        development: true,
    };
    let system = wiring::assemble(plan, stop)?;
    Ok(Dev { address, access, folder, server, system })
}

impl Dev {
    /// Serves until it is time to stop, then closes everything and removes what is not to be kept.
    pub(crate) async fn serve(self, stop: Stop) {
        let Self { folder, server, system, .. } = self;
        system.serve(server, stop).await;
        folder.leave();
    }
}

/// The address as a client on this host reaches it.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), address.port())
        }
        _ => address,
    }
}
