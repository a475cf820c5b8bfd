//! `postern serve`: the server for production.

use std::sync::Arc;

use anyhow::Context as _;
use ipnet::IpNet;
use postern_core::crypto::keyring::KeyRing;
use postern_core::random::Random;
use postern_delivery::http::OutboundPolicy;
use postern_http::web::domains::Domains;
use postern_http::web::origin::Proxies;

use crate::config::{self, Config, MasterKey};
use crate::server::{Server, Tls};
use crate::wiring::{self, Plan};
use crate::{authenticators, clock, database, master_key, shutdown};

/// Serves until a signal comes.
pub(crate) async fn run(config: &Config, migrate: bool) -> anyhow::Result<()> {
    let keys = Arc::new(key_ring(config)?);
    let tls = config.tls.as_ref().map(|(certificate, key)| Tls::read(certificate, key)).transpose()?;
    let server = Server::bind(config.listen).await?.connections(config.max_connections).drain(config.drain);
    let published = authenticators::load(config.metadata.as_ref(), clock::now())?;
    if authenticators::is_overdue(&published, clock::now()) {
        tracing::warn!(due = published.next_update(), "the list of authenticators is old; fetch another one");
    }
    let metrics = match config.metrics {
        Some(address) => Some(Server::bind(address).await.context("metrics.listen")?),
        None => None,
    };
    let db = database::open(config).await?;
    if migrate {
        let steps = database::migrate(&db).await?;
        tracing::info!(steps, "the schema is up to date");
    }
    database::demand_current(&db).await?;

    let (switch, stop) = shutdown::switch();
    let plan = Plan {
        db,
        keys,
        random: Random::system(),
        addresses: Some(config.urls.clone()),
        proxies: proxies(&config.trusted_proxies),
        secure_cookies: config.urls.auth.starts_with("https:"),
        domains: Domains::new(config.domains.iter().cloned()),
        limits: config.limits.clone(),
        outbound: OutboundPolicy {
            allow_private: config.allow_private,
            allow: config.allow_networks.clone(),
            allow_plaintext: config.allow_plaintext,
        },
        providers: config.providers.clone(),
        queue: config.queue,
        authenticators: Arc::new(published),
        development: false,
    };
    let system = wiring::assemble(plan, stop.clone())?;
    if let Some(metrics) = metrics {
        tokio::spawn(metrics.run(system.metrics.clone(), stop.clone()));
    }
    tracing::info!(address = %config.listen, tls = tls.is_some(), version = env!("CARGO_PKG_VERSION"), "ready");
    shutdown::on_signal(switch);
    if let Some(tls) = tls.clone() {
        tokio::spawn(tls.follow(stop.clone()));
    }
    system.serve(server.tls(tls), stop).await;
    tracing::info!("stopped");
    Ok(())
}

/// The master keys of the configuration.
pub(crate) fn key_ring(config: &Config) -> anyhow::Result<KeyRing> {
    match &config.master_key {
        MasterKey::Given(text) => KeyRing::from_text(text).context("secrets.master_key"),
        MasterKey::File(path) => master_key::read(path).context("secrets.master_key_file"),
    }
}

fn proxies(networks: &[IpNet]) -> Proxies {
    Proxies(config::plain(networks))
}
