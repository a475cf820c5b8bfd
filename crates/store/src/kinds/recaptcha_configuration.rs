//! How the keys of a reCAPTCHA account are kept.

use postern_core::experience::recaptcha::RecaptchaConfiguration;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for RecaptchaConfiguration {
    const TABLE: &'static str = "recaptcha_configuration";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
