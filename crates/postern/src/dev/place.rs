//! By what addresses clients reach a development server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use postern_engine::context::Urls;

use super::listening::HTTPS;
use crate::cli::DevArgs;
use crate::terminal;

/// A name that takes longer to look up is not known here.
const PATIENCE: Duration = Duration::from_secs(2);

/// The addresses.
#[derive(Debug)]
pub(crate) struct Place {
    /// By which this host reaches it whatever names it has: `http://127.0.0.1:8080`. The inbox is there.
    pub(crate) base: String,
    /// The services.
    pub(crate) urls: Urls,
    /// What is said of it besides when it speaks TLS.
    pub(super) secure: Option<Secure>,
}

/// A server that speaks TLS under names of its own.
#[derive(Debug)]
pub(super) struct Secure {
    /// Name of the API, with its port unless it is that of https.
    pub(super) api: String,
    /// Name of the authorization service, likewise.
    pub(super) auth: String,
    /// The certificate of the authority, with its whole path.
    pub(super) authority: PathBuf,
    names: Vec<String>,
    bound: SocketAddr,
}

impl Place {
    /// Plain HTTP, by address.
    pub(super) fn plain(bound: SocketAddr) -> Self {
        let base = format!("http://{}", reachable(bound));
        Self { urls: Urls::on(&base), base, secure: None }
    }

    /// TLS, by name.
    pub(super) fn secure(args: &DevArgs, bound: SocketAddr, authority: &Path) -> anyhow::Result<Self> {
        let place = |name: &str| match bound.port() {
            HTTPS => name.to_owned(),
            port => format!("{name}:{port}"),
        };
        let (api, auth) = (place(&args.api_host), place(&args.auth_host));
        let own = match reachable(bound).ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let whole = std::path::absolute(authority)
            .with_context(|| format!("cannot find the folder of {}", authority.display()))?;
        let mut names = vec![args.api_host.clone()];
        if args.auth_host != args.api_host {
            names.push(args.auth_host.clone());
        }
        Ok(Self {
            base: format!("https://{}", place(&own)),
            urls: Urls { api: format!("https://{api}/v1"), ..Urls::on(&format!("https://{auth}")) },
            secure: Some(Secure { api, auth, authority: whole, names, bound }),
        })
    }

    /// Says what may keep clients away although the server is up.
    pub(super) async fn warn(&self) {
        let Some(Secure { names, bound, .. }) = &self.secure else { return };
        if bound.port() != HTTPS {
            terminal::note(format_args!(
                "warning: PingOne's own SDKs and its Terraform provider take no port: they reach a server on {HTTPS} only"
            ));
        }
        let mut unknown = Vec::new();
        for name in names {
            if !is_known(name).await {
                unknown.push(name.as_str());
            }
        }
        if !unknown.is_empty() {
            let line = format!("{} {}", reachable(*bound).ip(), unknown.join(" "));
            terminal::note(format_args!(
                "warning: this host does not know {}; add this line to /etc/hosts: {line}",
                unknown.join(" and ")
            ));
        }
    }
}

/// Whether the name leads somewhere from this host.
async fn is_known(name: &str) -> bool {
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((name, HTTPS))).await;
    found.is_ok_and(|found| found.is_ok_and(|mut addresses| addresses.next().is_some()))
}

/// What the certificate is for: the names, this host by its own names, and the address that was asked for.
pub(super) fn names(args: &DevArgs, bound: SocketAddr) -> Vec<String> {
    let mut names = vec![args.api_host.clone(), args.auth_host.clone(), "localhost".to_owned()];
    names.extend([Ipv4Addr::LOCALHOST.to_string(), Ipv6Addr::LOCALHOST.to_string()]);
    names.push(reachable(bound).ip().to_string());
    names.sort();
    names.dedup();
    names
}

/// The address as a client on this host reaches it.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port()),
        _ => address,
    }
}
