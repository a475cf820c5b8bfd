//! The words that come with the product, one file per language.
//!
//! Short messages keep to the GSM 7-bit alphabet, so that a passcode fits one
//! message: Spanish says `clave` there, since `ó` is not in it.

mod de;
mod en;
mod es;
mod fr;

/// What one template says on one channel.
pub(super) enum Text {
    Sms(&'static str),
    Voice(&'static str),
    Mail(Mail),
    /// What the approved template of the same name says in WhatsApp's own words, as a person is to understand it.
    WhatsApp(&'static str),
    Push(Push),
}

/// A notification of an application.
pub(super) struct Push {
    pub(super) title: &'static str,
    pub(super) body: &'static str,
}

/// A mail: a paragraph, perhaps the passcode, another paragraph.
pub(super) struct Mail {
    pub(super) subject: &'static str,
    pub(super) before: &'static str,
    pub(super) with_code: bool,
    pub(super) after: &'static str,
}

/// Template name and its words.
pub(super) type Row = (&'static str, Text);

/// Languages with their rows; the first is the last resort.
pub(super) const LANGUAGES: [(&str, &[Row]); 4] =
    [("en", en::ROWS), ("de", de::ROWS), ("fr", fr::ROWS), ("es", es::ROWS)];
