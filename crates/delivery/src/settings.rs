//! A configured provider, decrypted and ready to be built.
//!
//! Plain data for the engine and the worker to fill in. Leaves validation of
//! what an administrator typed to the engine; what is still wrong here shows
//! as [`crate::outcome::Outcome::Misconfigured`] at the first attempt.

use postern_core::directory::push_credentials::PushAccount;
use postern_core::notify::Channel;
use postern_core::notify::content::Mailbox;
use postern_core::secret::Secret;
use url::Url;

/// Any provider.
#[derive(Debug)]
pub enum ProviderSettings {
    /// A Twilio account: text messages and calls.
    Twilio(TwilioSettings),
    /// Any gateway with an HTTP interface: text messages, calls, mail.
    Custom(CustomSettings),
    /// A mail server.
    Smtp(SmtpSettings),
    /// A WhatsApp business account.
    WhatsApp(WhatsAppSettings),
    /// An account at a push network.
    Push(Box<PushSettings>),
}

/// Other addresses of providers' APIs than their own, for tests and proxies.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Twilio.
    pub twilio: Option<Url>,
    /// WhatsApp's Graph API, version included.
    pub whatsapp: Option<Url>,
    /// Firebase Cloud Messaging.
    pub fcm: Option<Url>,
    /// Both networks of Apple.
    pub apns: Option<Url>,
    /// Huawei's Push Kit.
    pub hms: Option<Url>,
    /// Where Huawei gives access tokens.
    pub hms_tokens: Option<Url>,
}

/// An account at a push network.
#[derive(Debug)]
pub struct PushSettings {
    /// The account.
    pub account: PushAccount,
    /// Where the networks are.
    pub addresses: Addresses,
}

/// A WhatsApp business account.
#[derive(Debug, Clone)]
pub struct WhatsAppSettings {
    /// The number that messages come from, by its id at WhatsApp; none was chosen yet.
    pub number_id: Option<String>,
    /// The token of the account's user.
    pub access_token: Secret,
    /// The secret of the app, which proves that the token is used by its owner.
    pub app_secret: Secret,
    /// Another address of the API than WhatsApp's own, version included.
    pub base_url: Option<Url>,
}

/// A Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioSettings {
    /// The account: `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The account's token.
    pub auth_token: Secret,
    /// Who the messages come from.
    pub sender: TwilioSender,
    /// Another address of the API than Twilio's own, for tests and proxies.
    pub base_url: Option<Url>,
}

/// Who Twilio's messages come from.
#[derive(Debug, Clone)]
pub enum TwilioSender {
    /// Numbers of the account; one is chosen for each message.
    Numbers(Vec<SenderNumber>),
    /// A messaging service (`MG…`), which chooses itself. Text messages only.
    MessagingService(String),
}

/// A number that messages can come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderNumber {
    /// E.164, or the digits of a short code.
    pub number: String,
    /// What it is.
    pub kind: NumberKind,
    /// Whether an administrator chose it for sending.
    pub selected: bool,
    /// Whether it can send text messages.
    pub sms: bool,
    /// Whether it can call.
    pub voice: bool,
    /// Where a short code or toll-free number works, as upper-case ISO 3166
    /// alpha-2 codes; `None` means the United States only. Not looked at for
    /// ordinary numbers.
    pub countries: Option<Vec<String>>,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// An ordinary number, which reaches every country.
    PhoneNumber,
    /// Free of charge for whoever calls it.
    TollFree,
    /// A few digits, within one country.
    ShortCode,
}

/// A gateway with an HTTP interface.
#[derive(Debug, Clone)]
pub struct CustomSettings {
    /// The name an administrator gave it.
    pub name: String,
    /// How it knows us.
    pub authentication: Authentication,
    /// One request for each kind of message it carries.
    pub requests: Vec<CustomRequest>,
    /// The numbers it sends from; may be empty.
    pub numbers: Vec<SenderNumber>,
    /// The sender of mail, where the message names none.
    pub from: Option<Mailbox>,
    /// Where answers to mail go, where the message names none.
    pub reply_to: Option<Mailbox>,
}

/// How a gateway knows us.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// Name and password in the `Authorization` header.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A fixed token in the `Authorization` header.
    Bearer {
        /// The token.
        token: Secret,
    },
    /// A header of the gateway's own.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: Secret,
    },
    /// An OAuth 2 access token, fetched as needed and kept until it expires.
    OAuth2 {
        /// The token endpoint.
        token_url: String,
        /// What the token is given for.
        grant: OAuth2Grant,
        /// The scopes asked for; none leaves them to the server.
        scopes: Vec<String>,
    },
}

/// What an access token is given for.
#[derive(Debug, Clone)]
pub enum OAuth2Grant {
    /// Client credentials, sent in the `Authorization` header (RFC 6749, 4.4).
    ClientCredentials {
        /// The client.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
    },
    /// A signed assertion (RFC 7523, 2.1).
    JwtBearer {
        /// The assertion.
        assertion: Secret,
    },
}

/// The request that carries one kind of message. Its `Debug` form shows neither
/// URL nor headers nor body, since keys are often put there.
#[derive(Clone)]
pub struct CustomRequest {
    /// The kind of message.
    pub channel: Channel,
    /// GET or POST.
    pub method: CustomMethod,
    /// Template of the URL.
    pub url: String,
    /// Headers, as they are.
    pub headers: Vec<(String, String)>,
    /// Template of the body of a POST.
    pub body: Option<String>,
    /// How the recipient's number is written.
    pub phone_format: PhoneFormat,
    /// Put before each digit of a spoken code.
    pub before_tag: Option<String>,
    /// Put after each digit of a spoken code.
    pub after_tag: Option<String>,
}

impl std::fmt::Debug for CustomRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomRequest")
            .field("channel", &self.channel)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The method of a [`CustomRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomMethod {
    /// Everything in the URL.
    Get,
    /// With a body.
    Post,
}

/// How a phone number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneFormat {
    /// `+14155552671`
    #[default]
    Full,
    /// `14155552671`
    NumberOnly,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port; see [`SmtpSecurity::ByPort`].
    pub port: u16,
    /// Name and password; none sends without signing on.
    pub credentials: Option<(String, Secret)>,
    /// The sender, where the message names none.
    pub from: Mailbox,
    /// Where answers go, where the message names no place.
    pub reply_to: Option<Mailbox>,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Certificates (PEM) trusted for this server beside the system's.
    pub extra_roots_pem: Option<String>,
}

/// How a mail connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmtpSecurity {
    /// STARTTLS on ports 25, 587 and 2525, TLS from the start on all others.
    #[default]
    ByPort,
    /// STARTTLS, without which nothing is sent.
    StartTls,
    /// TLS from the start.
    Implicit,
    /// No TLS: only where the outbound policy allows plaintext and the server
    /// has a loopback or private address.
    Plain,
}
