//! Numbers to send from, as they are kept and as a provider takes them.

use postern_core::policy::delivery_request::RequestChannel;
use postern_core::policy::phone_delivery::{self as kept, NumberType, PhoneDelivery, PhoneProvider};

use crate::settings::{NumberKind, SenderNumber};

/// The numbers of the settings.
pub(super) fn all(settings: &PhoneDelivery) -> Vec<SenderNumber> {
    settings.numbers.iter().flatten().map(number).collect()
}

/// Whether a number or service was chosen, without which an account cannot send.
pub(crate) fn is_ready(settings: &PhoneDelivery) -> bool {
    match settings.provider {
        PhoneProvider::Custom => true,
        PhoneProvider::Twilio => all(settings).iter().any(|number| number.selected),
        PhoneProvider::TwilioMessagingService => settings.selected_service().is_some(),
    }
}

fn number(stored: &kept::SenderNumber) -> SenderNumber {
    let capable = |channel| stored.capabilities.as_ref().is_none_or(|listed| listed.contains(&channel));
    SenderNumber {
        number: stored.number.clone(),
        kind: match stored.kind {
            NumberType::PhoneNumber => NumberKind::PhoneNumber,
            NumberType::TollFree => NumberKind::TollFree,
            NumberType::ShortCode => NumberKind::ShortCode,
        },
        selected: stored.selected == Some(true) && stored.available != Some(false),
        sms: capable(RequestChannel::Sms),
        voice: capable(RequestChannel::Voice),
        countries: stored.supported_countries.clone(),
    }
}

/// A number that was found in an account, to be kept.
pub(crate) fn from_account(found: SenderNumber) -> kept::SenderNumber {
    let capabilities = [(found.sms, RequestChannel::Sms), (found.voice, RequestChannel::Voice)];
    kept::SenderNumber {
        number: found.number,
        kind: match found.kind {
            NumberKind::PhoneNumber => NumberType::PhoneNumber,
            NumberKind::TollFree => NumberType::TollFree,
            NumberKind::ShortCode => NumberType::ShortCode,
        },
        selected: Some(found.selected),
        available: Some(true),
        capabilities: Some(
            capabilities.into_iter().filter_map(|(able, channel)| able.then_some(channel)).collect(),
        ),
        supported_countries: found.countries,
    }
}
