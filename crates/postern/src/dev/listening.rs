//! The socket of a development server, and what to do when it cannot be had.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::anyhow;

use crate::cli::DevArgs;
use crate::server::Server;

/// The port of https, which PingOne's SDKs demand.
pub(super) const HTTPS: u16 = 443;
const HTTP: u16 = 8080;

/// Where to listen: what was asked for, or the port that clients expect, on this host.
pub(super) fn address(args: &DevArgs) -> SocketAddr {
    let port = if args.tls { HTTPS } else { HTTP };
    args.listen.unwrap_or_else(|| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))
}

/// Binds it.
pub(super) async fn bind(args: &DevArgs) -> anyhow::Result<Server> {
    let address = address(args);
    Server::bind(address).await.map_err(|error| {
        let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
        match io.map(std::io::Error::kind) {
            Some(ErrorKind::PermissionDenied) => anyhow!("{error:#}\n{}", advice(address)),
            _ => error,
        }
    })
}

/// How a program without privileges gets a port below 1024.
fn advice(address: SocketAddr) -> String {
    let program = std::env::current_exe();
    let program = program.map_or_else(|_| "postern".to_owned(), |path| format!("'{}'", path.display()));
    let port = address.port();
    let other = SocketAddr::new(address.ip(), 8443);
    format!(
        "Ports below 1024 need a permission. One of these gives it, or does without:\n  \
         sudo setcap cap_net_bind_service=+ep {program}   # this program, until it is built anew\n  \
         sudo sysctl net.ipv4.ip_unprivileged_port_start={port}   # every program, until the next boot\n  \
         --listen {other}   # another port; PingOne's own SDKs reach only {HTTPS}"
    )
}
