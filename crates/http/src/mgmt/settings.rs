//! The settings an environment has one of: MFA, notifications, delivery of mail and by WhatsApp.

mod whatsapp;

use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::MfaSettings;
use postern_core::policy::email_delivery::EmailDelivery;
use postern_core::policy::notification_settings::NotificationSettings;
use postern_core::schema::Secrets;
use postern_engine::{Ctx, delivery_settings};
use postern_store::sql::Tx;

use super::resource::Hook;
use super::singleton::{self, Singleton};
use crate::web::Route;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let mut routes = singleton::routes::<Mfa>();
    routes.extend(singleton::routes::<Notifications>());
    routes.extend(singleton::routes::<Email>());
    routes.extend(whatsapp::routes());
    routes
}

/// `mfaSettings`.
struct Mfa;

impl Singleton for Mfa {
    type Doc = MfaSettings;
    const PATH: &'static str = "/v1/environments/{envID}/mfaSettings";
    const TITLE: &'static str = "MFA settings";
    const GROUP: &'static str = "MFA settings";
    const READ: Permission = Permission::Read(Area::MfaSettings);
    const WRITE: Permission = Permission::Write(Area::MfaSettings);

    fn initial() -> Option<MfaSettings> {
        Some(MfaSettings::default())
    }
}

/// `notificationsSettings`.
struct Notifications;

impl Singleton for Notifications {
    type Doc = NotificationSettings;
    const PATH: &'static str = "/v1/environments/{envID}/notificationsSettings";
    const TITLE: &'static str = "notifications settings";
    const GROUP: &'static str = "Notifications settings";
    const READ: Permission = Permission::Read(Area::NotificationSettings);
    const WRITE: Permission = Permission::Write(Area::NotificationSettings);

    fn initial() -> Option<NotificationSettings> {
        Some(NotificationSettings::default())
    }

    fn before_write<'t>(
        tx: &'t mut Tx,
        ctx: &'t Ctx,
        new: &'t mut Stored<NotificationSettings>,
        _secrets: &'t Secrets,
    ) -> Hook<'t> {
        Box::pin(delivery_settings::check_chain(tx, ctx, new))
    }
}

/// `notificationsSettings/emailDeliverySettings`.
struct Email;

impl Singleton for Email {
    type Doc = EmailDelivery;
    const PATH: &'static str = "/v1/environments/{envID}/notificationsSettings/emailDeliverySettings";
    const TITLE: &'static str = "e-mail delivery settings";
    const GROUP: &'static str = "E-mail delivery settings";
    const READ: Permission = Permission::Read(Area::NotificationSettings);
    const WRITE: Permission = Permission::Write(Area::NotificationSettings);

    fn initial() -> Option<EmailDelivery> {
        None
    }

    fn before_write<'t>(
        _tx: &'t mut Tx,
        ctx: &'t Ctx,
        new: &'t mut Stored<EmailDelivery>,
        secrets: &'t Secrets,
    ) -> Hook<'t> {
        Box::pin(std::future::ready(delivery_settings::seal_email(ctx, new, secrets)))
    }
}
