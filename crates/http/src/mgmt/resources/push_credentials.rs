//! Push credentials of native applications (MFA contract 5.2).

use postern_core::directory::push_credentials::PushCredentials;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, mobile_applications};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::application::{APPLICATION, application_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource};
use crate::web::hal::Links;

/// See the module.
pub struct ApplicationPushCredentials;

impl Resource for ApplicationPushCredentials {
    type Doc = PushCredentials;
    const PATH: &'static str = "/v1/environments/{envID}/applications/{applicationID}/pushCredentials";
    const ITEM: &'static str =
        "/v1/environments/{envID}/applications/{applicationID}/pushCredentials/{pushCredentialID}";
    const ID: &'static str = "pushCredentialID";
    const EMBEDDED: &'static str = "pushCredentials";
    const TITLE: &'static str = "MFA push credential";
    const GROUP: &'static str = "Application MFA push credentials";
    const READ: Permission = Permission::Read(Area::PushCredentials);
    const WRITE: Permission = Permission::Write(Area::PushCredentials);
    const PARENTS: &'static [Parent] = &[APPLICATION];

    fn example(n: usize) -> Value {
        json!({ "type": "HMS", "clientId": format!("10{n}"), "clientSecret": "a-secret" })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<PushCredentials>) -> Hook<'t> {
        Box::pin(mobile_applications::prepare_credentials(tx, ctx, &mut change.new, &change.secrets))
    }

    fn links(ctx: &Ctx, stored: &Stored<PushCredentials>, _own: &str, links: Links) -> Links {
        application_link(ctx, stored.application.id, links)
    }
}
