//! Every setting, declared: where it is written, what it holds, what it is when nothing is said.

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Host address and port, such as `127.0.0.1:8080`.
    Address,
    /// An `http` or `https` URL without a slash at the end.
    Url,
    /// The path of a file.
    Path,
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A list of networks such as `10.0.0.0/8`.
    Networks,
    /// A list of hosts, each with the id of its environment: `login.example.com=ID`.
    Domains,
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The table of the file.
    pub(crate) section: &'static str,
    /// The key in the table.
    pub(crate) key: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// What it is when nothing is said, as it would be written.
    pub(crate) default: Option<&'static str>,
    /// Whether it must be said.
    pub(crate) required: bool,
    /// Whether it may only come from the environment, since it is a secret.
    pub(crate) secret: bool,
    /// A value as it would be written.
    pub(crate) example: &'static str,
    /// What it does, for the example and the reference.
    pub(crate) doc: &'static str,
}

impl Setting {
    /// How the environment overrides it.
    pub(crate) fn variable(&self) -> String {
        format!("POSTERN__{}__{}", self.section.to_uppercase(), self.key.to_uppercase())
    }
}

/// The sections in the order of the file, with what they are about.
pub(crate) const SECTIONS: &[(&str, &str)] = &[
    ("server", "Where clients connect, and by what addresses they know this server."),
    (
        "tls",
        "The certificate of this server; plain HTTP without one. The files may change while it runs: they are read again within ten seconds, and at once after SIGHUP.",
    ),
    (
        "limits",
        "How many requests are answered before the answer is 429 with Retry-After. Each process counts its own; `postern dev` has no limits.",
    ),
    ("database", "Where the data is."),
    ("secrets", "The keys that seal secrets in the database."),
    ("delivery", "Where calls to message gateways and mail servers may go."),
    ("fido", "What is known of the makes of passkeys and security keys."),
    ("metrics", "Figures for Prometheus."),
    ("log", "Log lines, on stderr."),
];

const fn setting(
    section: &'static str,
    key: &'static str,
    kind: Kind,
    example: &'static str,
    doc: &'static str,
) -> Setting {
    Setting { section, key, kind, default: None, required: false, secret: false, example, doc }
}

impl Setting {
    /// When nothing is said, it is the example.
    const fn or_example(mut self) -> Self {
        self.default = Some(self.example);
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

/// All settings, in the order of the file.
pub(crate) const SETTINGS: &[Setting] = &[
    setting("server", "listen", Kind::Address, "\"127.0.0.1:8080\"", "Address and port to listen on; 0.0.0.0 is every IPv4 address of the host.").or_example(),
    setting("server", "public_api_url", Kind::Url, "\"https://mfa.example.com/v1\"", "The management API as clients reach it, version included. Links in answers begin with it.").required(),
    setting("server", "public_auth_url", Kind::Url, "\"https://mfa.example.com\"", "The authorization service as clients reach it. Issuers of tokens begin with it, so a change makes old tokens invalid.").required(),
    setting("server", "public_apps_url", Kind::Url, "\"https://mfa.example.com\"", "The hosted sign-on page as browsers reach it; public_auth_url when not said. Another host than that of public_auth_url does not work: the page needs its cookies."),
    setting("server", "trusted_proxies", Kind::Networks, "[\"10.0.0.0/8\"]", "Networks of proxies whose X-Forwarded-For is believed; none when not said."),
    setting("server", "max_connections", Kind::Number(1, 1_000_000), "10000", "Connections at once; others wait.").or_example(),
    setting("server", "drain_seconds", Kind::Number(0, 3600), "30", "How long requests may take to finish after SIGTERM, in seconds.").or_example(),
    setting("server", "custom_domains", Kind::Domains, "[\"login.example.com=4cae3424-b5db-49de-8805-724adc418772\"]", "Hosts that stand for one environment, each with the environment's id: their paths of the authorization service and the hosted pages do not name it, as https://login.example.com/as/token, and issuers begin with them."),
    setting("tls", "certificate", Kind::Path, "\"/etc/postern/tls.crt\"", "PEM file with the certificate and its chain. Needs private_key."),
    setting("tls", "private_key", Kind::Path, "\"/etc/postern/tls.key\"", "PEM file with the private key of the certificate."),
    setting("limits", "tenant_per_second", Kind::Number(0, 1_000_000), "10000", "Requests a second to one environment in the long run; 0 is no limit. PingOne's own ceilings are in its list of base rate limits.").or_example(),
    setting("limits", "tenant_burst", Kind::Number(1, 10_000_000), "20000", "Requests to one environment at once, after a pause.").or_example(),
    setting("limits", "address_per_second", Kind::Number(0, 1_000_000), "2000", "Requests a second from one address, or one IPv6 network of 64 bits, in the long run; 0 is no limit. PingOne gives an address 35 % of what it gives a tenant.").or_example(),
    setting("limits", "address_burst", Kind::Number(1, 10_000_000), "4000", "Requests from one address at once, after a pause.").or_example(),
    setting("limits", "exempt_networks", Kind::Networks, "[\"10.0.0.0/8\"]", "Networks whose addresses are not counted, such as those of your own servers; none when not said."),
    setting("database", "url", Kind::Text, "\"sqlite:postern.db\"", "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.").or_example(),
    setting("database", "url_file", Kind::Path, "\"/run/secrets/postern-database\"", "File that holds the URL, so that a password in it stays out of this file. Wins over url."),
    setting("database", "readers", Kind::Number(1, 64), "4", "Connections for reading.").or_example(),
    setting("database", "connections", Kind::Number(1, 1000), "16", "PostgreSQL connections for transactions.").or_example(),
    setting("database", "queue", Kind::Number(1, 1_000_000), "4096", "Writes that may wait; beyond it requests are answered 503.").or_example(),
    setting("secrets", "master_key_file", Kind::Path, "\"/etc/postern/master.key\"", "File with the master keys, the current one first; `postern keys make` makes it. Lose it and the secrets in the database are lost."),
    setting("secrets", "master_key", Kind::Text, "\"BASE64\"", "The master keys themselves, one a line. Wins over master_key_file.").secret(),
    setting("delivery", "allow_private", Kind::Flag, "false", "Whether private networks and this host may be called.").or_example(),
    setting("delivery", "allow_networks", Kind::Networks, "[\"192.0.2.0/24\"]", "Networks that may be called whatever they are; none when not said."),
    setting("delivery", "allow_plaintext", Kind::Flag, "false", "Whether http is allowed besides https, and mail without TLS on permitted private addresses.").or_example(),
    setting("delivery", "twilio_url", Kind::Url, "\"https://api.twilio.com\"", "Another address of Twilio's API than its own, for proxies and tests."),
    setting("delivery", "whatsapp_url", Kind::Url, "\"https://graph.facebook.com/v24.0\"", "Another address of WhatsApp's Cloud API than Meta's own, version included."),
    setting("delivery", "fcm_url", Kind::Url, "\"https://fcm.googleapis.com\"", "Another address of Firebase Cloud Messaging than Google's own. Access tokens come from where the service account says."),
    setting("delivery", "apns_url", Kind::Url, "\"https://api.push.apple.com\"", "Another address than both of Apple's for notifications; it must speak HTTP/2."),
    setting("delivery", "hms_url", Kind::Url, "\"https://push-api.cloud.huawei.com\"", "Another address of Huawei's Push Kit than its own."),
    setting("delivery", "hms_token_url", Kind::Url, "\"https://oauth-login.cloud.huawei.com/oauth2/v3/token\"", "Another address than Huawei's own for access tokens."),
    setting("fido", "metadata_file", Kind::Path, "\"/etc/postern/mds3.jwt\"", "The list of authenticators that the FIDO Alliance publishes at https://mds3.fidoalliance.org; none when not said. Read at the start. Needs metadata_root_file."),
    setting("fido", "metadata_root_file", Kind::Path, "\"/etc/postern/mds3-root.pem\"", "PEM file with the root certificate that the list is signed under: GlobalSign Root CA - R3."),
    setting("metrics", "listen", Kind::Address, "\"127.0.0.1:9090\"", "Address and port of GET /metrics; off when not said. There is no authentication."),
    setting("log", "format", Kind::Word(&["text", "json"]), "\"text\"", "text for people, json for machines.").or_example(),
    setting("log", "level", Kind::Text, "\"info\"", "error, warn, info, debug or trace, or a filter such as info,postern_engine=debug.").or_example(),
];

/// The setting of this name.
pub(crate) fn find(section: &str, key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.section == section && setting.key == key)
}
