//! Branding settings and the reCAPTCHA account: settings an environment has one of.

use http::Method;
use postern_core::entity::Stored;
use postern_core::experience::branding::BrandingSettings;
use postern_core::experience::recaptcha::RecaptchaConfiguration;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Secrets;
use postern_engine::{Ctx, delivery_settings};
use postern_store::sql::Tx;

use super::resource::Hook;
use super::singleton::{self, Singleton};
use crate::web::Route;

/// The routes. Branding settings are not reset by a DELETE.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let mut routes = singleton::routes::<Branding>();
    routes.retain(|route| route.method != Method::DELETE);
    routes.extend(singleton::routes::<Recaptcha>());
    routes
}

/// `brandingSettings`.
struct Branding;

impl Singleton for Branding {
    type Doc = BrandingSettings;
    const PATH: &'static str = "/v1/environments/{envID}/brandingSettings";
    const TITLE: &'static str = "branding settings";
    const GROUP: &'static str = "Branding settings";
    const READ: Permission = Permission::Read(Area::Branding);
    const WRITE: Permission = Permission::Write(Area::Branding);

    fn initial() -> Option<BrandingSettings> {
        Some(BrandingSettings::default())
    }
}

/// `recaptchaV2Config`.
struct Recaptcha;

impl Singleton for Recaptcha {
    type Doc = RecaptchaConfiguration;
    const PATH: &'static str = "/v1/environments/{envID}/recaptchaV2Config";
    const TITLE: &'static str = "reCAPTCHA configuration";
    const GROUP: &'static str = "reCAPTCHA configuration";
    const READ: Permission = Permission::Read(Area::Branding);
    const WRITE: Permission = Permission::Write(Area::Branding);

    fn initial() -> Option<RecaptchaConfiguration> {
        None
    }

    fn before_write<'t>(
        _tx: &'t mut Tx,
        ctx: &'t Ctx,
        new: &'t mut Stored<RecaptchaConfiguration>,
        secrets: &'t Secrets,
    ) -> Hook<'t> {
        Box::pin(std::future::ready(delivery_settings::seal_recaptcha(ctx, new, secrets)))
    }
}
