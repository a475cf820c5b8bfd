//! Which number or name a message comes from.
//!
//! A name given with the text wins where the country lets names through.
//! Otherwise the first chosen number that can send the message there: a short
//! code before a toll-free number before an ordinary one.

use postern_core::notify::{Channel, OutboundMessage};

use crate::settings::{NumberKind, SenderNumber};

/// Networks of these countries drop messages from names; they use short codes.
const WITHOUT_NAMES: [&str; 7] = ["US", "CA", "PR", "VI", "GU", "AS", "MP"];

/// The sender for this message; none when nothing fits.
pub(crate) fn choose<'a>(numbers: &'a [SenderNumber], message: &'a OutboundMessage) -> Option<&'a str> {
    let number = best_number(numbers, message);
    match (named(message), message.country.as_deref()) {
        // Where the country is not known, a number is the safer choice.
        (Some(name), None) => number.or(Some(name)),
        (Some(name), Some(country)) if !WITHOUT_NAMES.contains(&country) => Some(name),
        _ => number,
    }
}

/// The name given with the text. Calls show a number.
fn named(message: &OutboundMessage) -> Option<&str> {
    message.sender.as_deref().filter(|name| message.channel == Channel::Sms && !name.is_empty())
}

fn best_number<'a>(numbers: &'a [SenderNumber], message: &OutboundMessage) -> Option<&'a str> {
    let fits = |number: &&SenderNumber| {
        let capable = match message.channel {
            Channel::Sms => number.sms,
            Channel::Voice => number.voice,
            _ => false,
        };
        number.selected && capable && reaches(number, message.country.as_deref())
    };
    numbers.iter().filter(fits).min_by_key(|number| rank(number.kind)).map(|number| number.number.as_str())
}

fn rank(kind: NumberKind) -> u8 {
    match kind {
        NumberKind::ShortCode => 0,
        NumberKind::TollFree => 1,
        NumberKind::PhoneNumber => 2,
    }
}

fn reaches(number: &SenderNumber, country: Option<&str>) -> bool {
    if number.kind == NumberKind::PhoneNumber {
        return true;
    }
    let Some(country) = country else { return false };
    match &number.countries {
        Some(countries) => countries.iter().any(|served| served == country),
        None => country == "US",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn number(number: &str, kind: NumberKind, countries: Option<&[&str]>) -> SenderNumber {
        let countries = countries.map(|listed| listed.iter().map(|code| (*code).to_owned()).collect());
        let voice = kind != NumberKind::ShortCode;
        SenderNumber { number: number.to_owned(), kind, selected: true, sms: true, voice, countries }
    }

    fn numbers() -> Vec<SenderNumber> {
        vec![
            SenderNumber {
                selected: false,
                ..number("unselected", NumberKind::ShortCode, Some(&["US", "FR", "GB"]))
            },
            number("+ordinary", NumberKind::PhoneNumber, None),
            number("+tollfree", NumberKind::TollFree, Some(&["US", "CA"])),
            number("short-us", NumberKind::ShortCode, None),
            number("short-fr", NumberKind::ShortCode, Some(&["FR"])),
        ]
    }

    #[test]
    fn the_sender_follows_name_country_and_capability() {
        for (channel, country, name, expected) in [
            (Channel::Sms, Some("US"), None, Some("short-us")),
            (Channel::Sms, Some("US"), Some("Acme"), Some("short-us")),
            (Channel::Sms, Some("CA"), Some("Acme"), Some("+tollfree")),
            (Channel::Sms, Some("FR"), None, Some("short-fr")),
            (Channel::Sms, Some("FR"), Some("Acme"), Some("Acme")),
            (Channel::Sms, Some("GB"), None, Some("+ordinary")),
            (Channel::Sms, Some("GB"), Some(""), Some("+ordinary")),
            (Channel::Sms, None, None, Some("+ordinary")),
            (Channel::Sms, None, Some("Acme"), Some("+ordinary")),
            (Channel::Voice, Some("US"), Some("Acme"), Some("+tollfree")),
            (Channel::Voice, Some("FR"), Some("Acme"), Some("+ordinary")),
        ] {
            let mut message = fixture::message(channel);
            (message.country, message.sender) = (country.map(str::to_owned), name.map(str::to_owned));
            assert_eq!(choose(&numbers(), &message), expected, "{channel:?} {country:?} {name:?}");
        }
    }

    #[test]
    fn without_a_number_only_a_name_can_send() {
        let mut message = fixture::message(Channel::Sms);
        message.country = None;
        assert_eq!(choose(&[], &message), None);
        message.sender = Some("Acme".to_owned());
        assert_eq!(choose(&[], &message), Some("Acme"));
        message.country = Some("US".to_owned());
        assert_eq!(choose(&[], &message), None);
    }
}
