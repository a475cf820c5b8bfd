//! How users are kept, and by which attributes they are found.

use postern_core::directory::user::User;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for User {
    const TABLE: &'static str = "directory_user";
    const COLUMNS: &'static [Column] = &[
        Column::text("username_key"),
        Column::text("email_key"),
        Column::uuid("population_id"),
        Column::int("enabled"),
        Column::int("mfa_enabled"),
        Column::text("external_id_key"),
        Column::text("account_id_key"),
        Column::text("given_name_key"),
        Column::text("middle_name_key"),
        Column::text("family_name_key"),
        Column::text("formatted_name_key"),
        Column::text("nickname_key"),
        Column::text("title_key"),
        Column::text("type_key"),
        Column::text("locale_key"),
        Column::text("preferred_language_key"),
        Column::text("timezone_key"),
        Column::text("primary_phone_key"),
        Column::text("mobile_phone_key"),
        Column::text("street_address_key"),
        Column::text("locality_key"),
        Column::text("region_key"),
        Column::text("postal_code_key"),
        Column::text("country_code_key"),
        Column::int("email_verified"),
        Column::text("identity_provider_type"),
        Column::uuid("identity_provider_id"),
        Column::text("lifecycle_status"),
        Column::text("verify_status"),
        Column::text("honorific_prefix_key"),
        Column::text("honorific_suffix_key"),
        Column::text("photo_key"),
        Column::int("locked_at"),
        Column::int("unlock_at"),
    ];

    fn index_values(&self) -> Vec<Value> {
        let key = |text: &Option<String>| -> Value { text.as_deref().map(fold).into() };
        let name = self.name.clone().unwrap_or_default();
        let address = self.address.clone().unwrap_or_default();
        vec![
            fold(&self.username).into(),
            fold(&self.email).into(),
            self.population.id.into(),
            self.enabled.into(),
            self.mfa_enabled.into(),
            key(&self.external_id),
            key(&self.account_id),
            key(&name.given),
            key(&name.middle),
            key(&name.family),
            key(&name.formatted),
            key(&self.nickname),
            key(&self.title),
            key(&self.kind),
            key(&self.locale),
            key(&self.preferred_language),
            key(&self.timezone),
            key(&self.primary_phone),
            key(&self.mobile_phone),
            key(&address.street_address),
            key(&address.locality),
            key(&address.region),
            key(&address.postal_code),
            key(&address.country_code),
            self.email_verified.unwrap_or_default().into(),
            self.identity_provider.kind.as_str().into(),
            self.identity_provider.id.into(),
            self.lifecycle.status.as_str().into(),
            self.verify_status.as_str().into(),
            key(&name.honorific_prefix),
            key(&name.honorific_suffix),
            self.photo.as_ref().map(|photo| fold(&photo.href)).into(),
            self.account.locked_at.into(),
            self.account.unlock_at.into(),
        ]
    }
}
