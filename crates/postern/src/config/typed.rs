//! The configuration as the program uses it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use postern_core::ids::EnvironmentId;
use postern_core::secret::Secret;
use postern_delivery::settings::Addresses;
use postern_engine::context::Urls;
use postern_http::web::limits::{Limits, Rate};
use url::Url;

use super::reader::Reader;
use crate::logging::Format;

/// A configuration that makes sense in itself. Whether its files are there is seen when they are read.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Public addresses.
    pub(crate) urls: Urls,
    /// Networks of trusted proxies.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Hosts that stand for one environment.
    pub(crate) domains: Vec<(String, EnvironmentId)>,
    /// Certificate and key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// How many requests are answered.
    pub(crate) limits: Limits,
    /// Connections at once.
    pub(crate) max_connections: usize,
    /// Time to finish after a signal.
    pub(crate) drain: Duration,
    /// Where the data is.
    pub(crate) database: DatabaseUrl,
    /// Connections for reading.
    pub(crate) readers: usize,
    /// PostgreSQL connections for transactions.
    pub(crate) connections: usize,
    /// Writes that may wait.
    pub(crate) queue: usize,
    /// Where the master keys are.
    pub(crate) master_key: MasterKey,
    /// Whether private networks may be called.
    pub(crate) allow_private: bool,
    /// Networks that may be called.
    pub(crate) allow_networks: Vec<IpNet>,
    /// Whether http may be spoken.
    pub(crate) allow_plaintext: bool,
    /// Other addresses of providers than their own.
    pub(crate) providers: Addresses,
    /// What is known of authenticators.
    pub(crate) metadata: Option<MetadataFiles>,
    /// Where figures are served.
    pub(crate) metrics: Option<SocketAddr>,
    /// The form of log lines.
    pub(crate) log_format: Format,
    /// Which log lines.
    pub(crate) log_level: String,
}

/// Where the URL of the database is. It may hold a password.
#[derive(Debug)]
pub(crate) enum DatabaseUrl {
    /// In the configuration.
    Given(Secret),
    /// In a file.
    File(PathBuf),
}

/// Where the master keys are.
#[derive(Debug)]
pub(crate) enum MasterKey {
    /// In the environment.
    Given(Secret),
    /// In a file.
    File(PathBuf),
}

/// Where the list of authenticators is, and the root that it is signed under.
#[derive(Debug)]
pub(crate) struct MetadataFiles {
    /// The list.
    pub(crate) list: PathBuf,
    /// The root certificate.
    pub(crate) root: PathBuf,
}

/// Takes all settings out; nothing when one that is needed is missing or wrong.
pub(crate) fn read(mut reader: Reader<'_>) -> Option<Config> {
    take(&mut reader)
}

/// Everything is asked for before anything is missed, so that all faults are found.
pub(crate) fn take(reader: &mut Reader<'_>) -> Option<Config> {
    let listen = reader.address("server", "listen");
    let api = reader.url("server", "public_api_url");
    let auth = reader.url("server", "public_auth_url");
    let apps = reader.url("server", "public_apps_url");
    let trusted_proxies = reader.networks("server", "trusted_proxies");
    let domains = reader.domains("server", "custom_domains");
    let tls = tls(reader);
    let limits = limits(reader);
    let max_connections = reader.number("server", "max_connections");
    let drain = reader.number("server", "drain_seconds");
    let database = database(reader);
    let readers = reader.number("database", "readers");
    let connections = reader.number("database", "connections");
    let queue = reader.number("database", "queue");
    let master_key = master_key(reader);
    let allow_private = reader.flag("delivery", "allow_private");
    let allow_networks = reader.networks("delivery", "allow_networks");
    let allow_plaintext = reader.flag("delivery", "allow_plaintext");
    let providers = providers(reader);
    let metadata = metadata(reader);
    let metrics = reader.address("metrics", "listen");
    let log_format = reader.text("log", "format");
    let log_level = reader.text("log", "level");
    let auth = auth?;
    Some(Config {
        listen: listen?,
        urls: Urls { api: api?, apps: apps.unwrap_or_else(|| auth.clone()), auth, stands_for: None },
        trusted_proxies,
        domains,
        tls,
        limits: limits?,
        max_connections: max_connections?,
        drain: Duration::from_secs(drain?),
        database: database?,
        readers: readers?,
        connections: connections?,
        queue: queue?,
        master_key: master_key?,
        allow_private: allow_private?,
        allow_networks,
        allow_plaintext: allow_plaintext?,
        providers,
        metadata,
        metrics,
        log_format: if log_format? == "json" { Format::Json } else { Format::Text },
        log_level: log_level?,
    })
}

fn providers(reader: &mut Reader<'_>) -> Addresses {
    let mut url = |key| reader.url("delivery", key).and_then(|url| Url::parse(&url).ok());
    Addresses {
        twilio: url("twilio_url"),
        whatsapp: url("whatsapp_url"),
        fcm: url("fcm_url"),
        apns: url("apns_url"),
        hms: url("hms_url"),
        hms_tokens: url("hms_token_url"),
    }
}

fn metadata(reader: &mut Reader<'_>) -> Option<MetadataFiles> {
    match (reader.path("fido", "metadata_file"), reader.path("fido", "metadata_root_file")) {
        (Some(list), Some(root)) => Some(MetadataFiles { list, root }),
        (None, None) => None,
        _ => {
            reader.fault("fido.metadata_file and fido.metadata_root_file are needed together");
            None
        }
    }
}

fn tls(reader: &mut Reader<'_>) -> Option<(PathBuf, PathBuf)> {
    match (reader.path("tls", "certificate"), reader.path("tls", "private_key")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            reader.fault("tls.certificate and tls.private_key are needed together");
            None
        }
    }
}

fn limits(reader: &mut Reader<'_>) -> Option<Limits> {
    let mut rate = |per_second, burst| {
        let (per_second, burst) = (reader.number("limits", per_second), reader.number("limits", burst));
        Some(Rate { per_second: per_second?, burst: burst? })
    };
    let (tenant, address) =
        (rate("tenant_per_second", "tenant_burst"), rate("address_per_second", "address_burst"));
    let exempt = plain(&reader.networks("limits", "exempt_networks"));
    let limited = |rate: Rate| (rate.per_second > 0).then_some(rate);
    Some(Limits { tenant: limited(tenant?), address: limited(address?), exempt })
}

/// Networks as the doors know them: the first address, and how many bits count.
pub(crate) fn plain(networks: &[IpNet]) -> Vec<(IpAddr, u8)> {
    networks.iter().map(|network| (network.addr(), network.prefix_len())).collect()
}

fn database(reader: &mut Reader<'_>) -> Option<DatabaseUrl> {
    let (url, file) = (reader.text("database", "url"), reader.path("database", "url_file"));
    match (file, url) {
        (Some(file), _) => Some(DatabaseUrl::File(file)),
        (None, Some(url)) if crate::database::is_known(&url) => Some(DatabaseUrl::Given(Secret::new(url))),
        (None, Some(_)) => {
            reader.fault("database.url must begin with sqlite: or postgres://");
            None
        }
        (None, None) => None,
    }
}

fn master_key(reader: &mut Reader<'_>) -> Option<MasterKey> {
    let (given, file) = (reader.text("secrets", "master_key"), reader.path("secrets", "master_key_file"));
    match (given, file) {
        (Some(text), _) => Some(MasterKey::Given(Secret::new(text))),
        (None, Some(file)) => Some(MasterKey::File(file)),
        (None, None) => {
            reader.fault("secrets.master_key_file is missing; `postern keys make FILE` makes one");
            None
        }
    }
}
