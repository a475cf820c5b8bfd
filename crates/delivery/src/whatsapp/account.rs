//! A business account at Meta's Graph API: addresses, credentials, and what it has.

use std::fmt::Write as _;

use postern_core::crypto::hmac_sha256;
use postern_core::notify::gateway::GatewayError;
use postern_core::policy::whatsapp_delivery::{ApprovedTemplate, WhatsAppNumber};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::http::{Answer, Call, Outbound, OutboundError};

/// With the version that this was written for.
const API: &str = "https://graph.facebook.com/v24.0/";
/// Small enough that a page stays below the limit on answers.
const PAGE_SIZE: &str = "50";
/// At most so many pages are read.
const PAGES: usize = 20;

/// An account with its credentials.
#[derive(Debug, Clone)]
pub struct GraphAccount {
    outbound: Outbound,
    token: Secret,
    app_secret: Secret,
    base: Option<Url>,
}

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

#[derive(Deserialize)]
struct Number {
    id: String,
    display_phone_number: String,
    quality_rating: Option<String>,
}

#[derive(Deserialize)]
struct Template {
    id: String,
    name: String,
    category: String,
    language: String,
    status: String,
}

impl GraphAccount {
    /// An account. `base` is another address of the API than Meta's own, version included.
    #[must_use]
    pub fn new(outbound: Outbound, token: Secret, app_secret: Secret, base: Option<Url>) -> Self {
        Self { outbound, token, app_secret, base }
    }

    /// An address, with the proof that the token is used by its app.
    pub(super) fn address(&self, path: &[&str]) -> Result<Url, OutboundError> {
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(API).map_err(|_| OutboundError::Malformed)?,
        };
        url.path_segments_mut().map_err(|()| OutboundError::Malformed)?.pop_if_empty().extend(path);
        url.query_pairs_mut().append_pair("appsecret_proof", &self.proof());
        Ok(url)
    }

    pub(super) async fn send(&self, call: Call, now: Timestamp) -> Result<Answer, OutboundError> {
        self.outbound.send(call.bearer(&self.token)?, now).await
    }

    fn proof(&self) -> String {
        let mac = hmac_sha256(self.app_secret.expose().as_bytes(), self.token.expose().as_bytes());
        mac.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The numbers of a business account, none of them selected.
    ///
    /// # Errors
    /// [`GatewayError::Credentials`] when Meta refuses account or token.
    pub async fn numbers(
        &self,
        business_id: &str,
        now: Timestamp,
    ) -> Result<Vec<WhatsAppNumber>, GatewayError> {
        let fields = [("fields", "id,display_phone_number,quality_rating")];
        let found: Vec<Number> = self.all(&[business_id, "phone_numbers"], &fields, now).await?;
        Ok(found.into_iter().map(number).collect())
    }

    /// The templates of a business account for passcodes.
    ///
    /// # Errors
    /// As [`GraphAccount::numbers`].
    pub async fn templates(
        &self,
        business_id: &str,
        now: Timestamp,
    ) -> Result<Vec<ApprovedTemplate>, GatewayError> {
        let fields = [("fields", "id,name,category,language,status"), ("category", "AUTHENTICATION")];
        let found: Vec<Template> = self.all(&[business_id, "message_templates"], &fields, now).await?;
        Ok(found.into_iter().map(template).collect())
    }

    async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Vec<T>, GatewayError> {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let mut url = self.address(path).map_err(unavailable)?;
            url.query_pairs_mut().extend_pairs(query).append_pair("limit", PAGE_SIZE);
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let answer = self.send(Call::get(url), now).await.map_err(unavailable)?;
            let page: Page<T> = match answer.status {
                200 => answer.json().ok_or(GatewayError::Unavailable)?,
                // An account that is not there or not the token's: 400, and the reason in the body.
                400 | 401 | 403 | 404 => return Err(GatewayError::Credentials),
                _ => return Err(GatewayError::Unavailable),
            };
            all.extend(page.data);
            // Of the next page's address only the place counts, so that the credentials go nowhere else.
            let place = page.paging.filter(|paging| paging.next.is_some());
            after = place.and_then(|paging| paging.cursors?.after);
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }
}

fn unavailable(error: OutboundError) -> GatewayError {
    tracing::warn!(%error, "a WhatsApp account could not be looked at");
    GatewayError::Unavailable
}

fn number(found: Number) -> WhatsAppNumber {
    WhatsAppNumber {
        number: found.display_phone_number,
        number_id: found.id,
        selected: false,
        available: Some(true),
        capabilities: Some(vec!["WHATSAPP".to_owned()]),
        quality_rating: found.quality_rating,
        created_at: None,
    }
}

fn template(found: Template) -> ApprovedTemplate {
    let Template { id, name, category, language, status } = found;
    ApprovedTemplate { id, name, category, language, status }
}
