//! The numbers of a Twilio account: asked for when settings are made, which
//! also shows whether the credentials are right.

use postern_core::time::Timestamp;
use serde::Deserialize;
use url::Url;

use super::TwilioAccount;
use crate::http::{Call, OutboundError};
use crate::settings::{NumberKind, SenderNumber};

/// Small enough that a page stays below the limit on answers.
const PAGE_SIZE: &str = "20";
/// At most so many pages of each kind are read: 500 numbers.
const PAGES: usize = 25;
/// Area codes of toll-free numbers, after `+1`.
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// Why the numbers could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Account or token are wrong, or the account is not active.
    #[error("Twilio does not accept the credentials")]
    Credentials,
    /// Twilio gave no usable answer; the credentials may be right.
    #[error("Twilio gave no usable answer")]
    Unavailable,
    /// The call was not permitted or found no peer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

#[derive(Deserialize)]
struct NumbersPage {
    incoming_phone_numbers: Vec<IncomingNumber>,
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct IncomingNumber {
    phone_number: String,
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Capabilities {
    #[serde(alias = "SMS")]
    sms: bool,
    voice: bool,
}

#[derive(Deserialize)]
struct ShortCodesPage {
    short_codes: Vec<ShortCode>,
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct ShortCode {
    short_code: String,
}

impl TwilioAccount {
    /// The account's numbers and short codes that can send or call, none of
    /// them selected.
    ///
    /// # Errors
    /// [`FetchError::Credentials`] when Twilio refuses account or token.
    pub async fn fetch_numbers(&self, now: Timestamp) -> Result<Vec<SenderNumber>, FetchError> {
        let mut numbers = Vec::new();
        let mut next = Some(first_page(self.address(&["IncomingPhoneNumbers.json"])?));
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let page: NumbersPage = self.page(&url, now).await?;
            numbers.extend(page.incoming_phone_numbers.into_iter().filter_map(number));
            next = following(&url, page.next_page_uri.as_deref());
        }
        let mut next = Some(first_page(self.address(&["SMS", "ShortCodes.json"])?));
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let page: ShortCodesPage = self.page(&url, now).await?;
            numbers.extend(page.short_codes.into_iter().map(short_code));
            next = following(&url, page.next_page_uri.as_deref());
        }
        Ok(numbers)
    }

    async fn page<T: serde::de::DeserializeOwned>(&self, url: &Url, now: Timestamp) -> Result<T, FetchError> {
        let answer = self.send(Call::get(url.clone()), now).await?;
        match answer.status {
            200 => answer.json().ok_or(FetchError::Unavailable),
            401 | 403 | 404 => Err(FetchError::Credentials),
            _ => Err(FetchError::Unavailable),
        }
    }
}

fn first_page(mut url: Url) -> Url {
    url.query_pairs_mut().append_pair("PageSize", PAGE_SIZE);
    url
}

/// The next page of the same list. Of the address in the answer only the query
/// is used, so that the credentials go nowhere else.
fn following(current: &Url, next_page_uri: Option<&str>) -> Option<Url> {
    let (_, query) = next_page_uri?.split_once('?')?;
    let mut next = current.clone();
    next.set_query(Some(query));
    (next != *current).then_some(next)
}

fn number(found: IncomingNumber) -> Option<SenderNumber> {
    let Capabilities { sms, voice } = found.capabilities;
    let kind = if is_toll_free(&found.phone_number) { NumberKind::TollFree } else { NumberKind::PhoneNumber };
    let number =
        SenderNumber { number: found.phone_number, kind, selected: false, sms, voice, countries: None };
    (sms || voice).then_some(number)
}

fn is_toll_free(number: &str) -> bool {
    number.strip_prefix("+1").is_some_and(|rest| TOLL_FREE.iter().any(|area| rest.starts_with(area)))
}

fn short_code(found: ShortCode) -> SenderNumber {
    let ShortCode { short_code } = found;
    let kind = NumberKind::ShortCode;
    SenderNumber { number: short_code, kind, selected: false, sms: true, voice: false, countries: None }
}
