//! Telephone numbers of people.
//!
//! Owns reading the spellings that PingOne takes, the one form that is kept
//! (E.164), what is shown of a number to strangers, and the grammar of
//! extensions. Leaves which countries may be reached to notification policies.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest spelling of a number, in bytes.
const MAX_SPELLING: usize = 32;

/// The longest extension: what a provider dials after the answer.
const MAX_EXTENSION: usize = 32;

/// A number in E.164 form, such as `+15125201234`.
///
/// A stored number is read back by its form alone, so that a change of a
/// numbering plan cannot make a record unreadable.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// A text is not a telephone number with its country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Longer than 32 characters.
    #[error("must not be longer than 32 characters")]
    TooLong,
    /// Something other than digits, `+`, spaces and `. - ( ) /`.
    #[error("must hold only digits, spaces and + . - ( ) /")]
    Character,
    /// No such country code, or too few or too many digits for it.
    #[error("must be a telephone number with its country code, such as +15125201234")]
    Impossible,
}

impl Phone {
    /// Reads a number with its country code.
    ///
    /// With `+` in front the digits must be possible for the country (which lets
    /// fictional numbers pass). Without `+` they must be a number in service,
    /// since a national number could otherwise be taken for one abroad.
    ///
    /// # Errors
    /// [`PhoneError`] for everything else.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        if text.len() > MAX_SPELLING {
            return Err(PhoneError::TooLong);
        }
        let (international, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if !rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b' ' | b'.' | b'-' | b'(' | b')' | b'/')) {
            return Err(PhoneError::Character);
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let number = read(&digits).ok_or(PhoneError::Impossible)?;
        let acceptable = if international { is_complete(&number) } else { number.is_valid() };
        if acceptable { Ok(Self(number.to_string())) } else { Err(PhoneError::Impossible) }
    }

    /// A number that was kept: looked at for its form alone, as plans of numbers change. Nothing for other texts.
    #[must_use]
    pub fn kept(text: String) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let good = (3..=17).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        good.then_some(Self(text))
    }

    /// The number as it is kept, with `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number without `+`, as some gateways want it.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    /// ISO 3166 code of the country in two capitals. A number that no country
    /// of a shared code claims counts to the main one; none for international
    /// services.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        let number = read(self.digits())?;
        let region = number
            .get_region_code()
            .or_else(|| PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code))?;
        let code = region.as_region_str();
        (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| code.to_string())
    }

    /// The calling code of the country in digits, such as `1`.
    #[must_use]
    pub fn calling_code(&self) -> Option<String> {
        read(self.digits()).map(|number| number.country_code.to_string())
    }

    /// The digits after the calling code; all digits when the code is unknown.
    #[must_use]
    pub fn national(&self) -> &str {
        let code = self.calling_code().unwrap_or_default();
        self.digits().strip_prefix(code.as_str()).unwrap_or_else(|| self.digits())
    }

    /// What may be shown to somebody who is not known yet: the last two digits.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.0.len().saturating_sub(2);
        format!("*******{}", self.0.get(shown..).unwrap_or_default())
    }
}

/// Whether the number is as long as numbers of its country are, area code included.
fn is_complete(number: &PhoneNumber) -> bool {
    matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible))
}

/// Digits that begin with a country code.
fn read(digits: &str) -> Option<PhoneNumber> {
    format!("+{digits}").parse().ok()
}

/// Whether a text may be dialled after a call is answered: digits, `#`, `*` and
/// `,` (which separates nested extensions), at most 32 of them.
#[must_use]
pub fn is_extension(text: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'#' | b'*' | b','))
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, PhoneError> {
        Self::parse(text)
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = Self::kept(String::deserialize(deserializer)?);
        kept.ok_or_else(|| serde::de::Error::custom("not a number in E.164 form"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_documented_spelling_gives_one_number() {
        for text in [
            "+1.5125201234",
            "+15125201234",
            "+1.512.520.1234",
            "+1 (512) 520-1234",
            "15125201234",
            "1-512-520-1234",
        ] {
            assert_eq!(Phone::parse(text).unwrap().to_string(), "+15125201234", "{text}");
        }
        assert_eq!(Phone::parse("15125551234").unwrap().as_str(), "+15125551234");
    }

    #[test]
    fn fictional_numbers_are_accepted() {
        for (text, kept) in [
            ("+15125550101", "+15125550101"),
            ("+1.5125550134", "+15125550134"),
            ("+15555550123", "+15555550123"),
            ("+441632960001", "+441632960001"),
            ("+4915111111111", "+4915111111111"),
        ] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn junk_is_refused() {
        let table = [
            ("", PhoneError::Empty),
            ("   ", PhoneError::Empty),
            ("+1 800 FLOWERS", PhoneError::Character),
            ("+15125201234x5", PhoneError::Character),
            ("+15125201234;ext=5", PhoneError::Character),
            ("+1512520\x001234", PhoneError::Character),
            ("+1512\n5201234", PhoneError::Character),
            ("+1512++5201234", PhoneError::Character),
            ("+１５１２５２０１２３４", PhoneError::TooLong),
            ("+1５125201234", PhoneError::Character),
            ("+1                    512 520 1234 1", PhoneError::TooLong),
            ("+", PhoneError::Impossible),
            ("+1", PhoneError::Impossible),
            ("+1512520123", PhoneError::Impossible),
            ("+15201234", PhoneError::Impossible),
            ("+151252012345", PhoneError::Impossible),
            ("+9995125201234", PhoneError::Impossible),
            ("5125201234", PhoneError::Impossible),
            ("0015125201234", PhoneError::Impossible),
        ];
        for (text, error) in table {
            assert_eq!(Phone::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_number_tells_its_country_and_parts() {
        let table = [
            ("+15125201234", Some("US"), "1", "5125201234"),
            ("+14165550123", Some("CA"), "1", "4165550123"),
            ("+15555550123", Some("US"), "1", "5555550123"),
            ("+18765550123", Some("JM"), "1", "8765550123"),
            ("+390612345678", Some("IT"), "39", "0612345678"),
            ("+442079460018", Some("GB"), "44", "2079460018"),
            ("+80012345678", None, "800", "12345678"),
        ];
        for (text, country, code, national) in table {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.country().as_deref(), country, "{text}");
            assert_eq!(phone.calling_code().as_deref(), Some(code), "{text}");
            assert_eq!(phone.national(), national, "{text}");
        }
    }

    #[test]
    fn a_masked_number_shows_two_digits() {
        let phone = Phone::parse("+15125201244").unwrap();
        assert_eq!(phone.masked(), "*******44");
        assert_eq!(format!("{phone:?}"), "*******44");
        assert_eq!(phone.digits(), "15125201244");
    }

    #[test]
    fn a_stored_number_reads_back() {
        let phone = Phone::parse("+15125201244").unwrap();
        let json = serde_json::to_string(&phone).unwrap();
        assert_eq!(serde_json::from_str::<Phone>(&json).unwrap(), phone);
        for bad in [r#""15125201244""#, r#""+""#, r#""+1x5125201244""#, "5"] {
            assert!(serde_json::from_str::<Phone>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_extension_holds_what_a_keypad_has() {
        for good in ["313#", "1", "*9,,12", &"1".repeat(32)] {
            assert!(is_extension(good), "{good}");
        }
        for bad in ["", "12w", " 1", "1\0", "１", &"1".repeat(33)] {
            assert!(!is_extension(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_is_refused(text in ".{0,40}") {
            let _ = Phone::parse(&text);
        }

        #[test]
        fn a_kept_number_is_read_as_itself(text in "\\+?[0-9 ().-]{3,20}") {
            if let Ok(phone) = Phone::parse(&text) {
                let _ = (phone.country(), phone.national(), phone.masked());
                let json = serde_json::to_string(&phone).unwrap();
                prop_assert_eq!(serde_json::from_str::<Phone>(&json).unwrap(), phone.clone());
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
            }
        }
    }
}
