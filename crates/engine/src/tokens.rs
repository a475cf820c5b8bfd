//! Access tokens, ID tokens and refresh tokens: who gets which, and what they say.
//!
//! Follows the platform contract (4.9, 4.10, 4.12). Redeeming a code or a
//! refresh token runs in the transaction and gives an [`Issuable`]; signing it
//! ([`sign`]) needs no database and comes after the commit. Which key signs is
//! [`crate::keys`]; how a client authenticates is [`crate::clients`].

mod claims;
mod codes;
mod family;
mod implicit;
mod issue;
mod live;
mod machine;
mod mapping;
mod profile;
mod refresh;
mod refusal;
mod revocation;
mod scopes;

use postern_core::ids::{SessionId, UserId};
use postern_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::codes::{
    CODE_LIFETIME, CodeGrant, CodeRedemption, code_of, issue_code, redeem_code, sweep_codes,
};
pub use self::implicit::{Implicit, ImplicitTokens, implicit};
pub use self::issue::{Issuable, TokenAnswer, sign};
pub use self::live::{Kind, Live, hinted, live};
pub use self::machine::client_credentials;
pub use self::profile::{access_claims, user_info};
pub use self::refresh::{RefreshFacts, RefreshRequest, inspect_refresh_token, refresh, sweep_refresh_tokens};
pub use self::refusal::{Decision, OAuthCode, Refusal};
pub use self::revocation::{revoke_access_token, revoke_refresh_token, revoke_user, sweep_revoked};
pub use self::scopes::{Granted, for_machine, for_user};

/// How long an access token lives at most: the longest validity a resource may set.
pub const LONGEST_ACCESS_TOKEN: Span = Span::days(30);

/// How long an ID token lives.
pub const ID_TOKEN_LIFETIME: Span = Span::hours(1);

/// How a user signed on, and for which scopes: what codes and refresh tokens stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignOn {
    /// The user.
    pub user: UserId,
    /// The session; none once an offline grant has outlived it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Name of the sign-on policy.
    pub acr: String,
    /// What the user did: `pwd`, `sms`, `mfa` and so on.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Timestamp,
}
