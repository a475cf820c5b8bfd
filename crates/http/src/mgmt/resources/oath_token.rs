//! Hardware tokens. To delete one is to revoke it: its device goes too.

use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::oath::{NewToken, OathToken};
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_engine::oath::tokens;
use postern_engine::{Ctx, Error};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Hook, Paging, Resource, Verb};

/// See the module.
pub struct OathTokens;

impl Resource for OathTokens {
    type Doc = OathToken;
    const PATH: &'static str = "/v1/environments/{envID}/oathTokens";
    const ITEM: &'static str = "/v1/environments/{envID}/oathTokens/{oathTokenID}";
    const ID: &'static str = "oathTokenID";
    const EMBEDDED: &'static str = "oathTokens";
    const TITLE: &'static str = "OATH token";
    const GROUP: &'static str = "OATH tokens";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::OathTokens);
    const WRITE: Permission = Permission::Write(Area::OathTokens);
    const PAGING: Option<Paging> = Some(Paging { default: 100, max: 1000 });
    const FILTERS: &'static [FilterAttribute] = &[
        FilterAttribute {
            name: "serialNumber",
            kind: AttributeKind::TextFolded,
            operators: &[Operator::Eq, Operator::StartsWith],
            column: "serial_key",
        },
        FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
    ];

    fn example(n: usize) -> Value {
        json!({
            "serialNumber": format!("2308734700{n:04}"), "secret": "6EBD59F71A634C48C4619CD33F6C385C9237C9BA",
            "type": "TOTP", "otpLength": 6, "hashAlgorithm": "HmacSHA1", "totp": { "timeStep": 30 },
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<OathToken>) -> Hook<'t> {
        Box::pin(async move {
            let key = change.secrets.text(&["secret"]).unwrap_or_default();
            let new = NewToken::with_key(change.new.body.clone(), key)
                .ok_or_else(|| Error::invalid(Problem::required("secret")))?;
            tokens::admit(tx, ctx, &mut change.new, new.secret.expose()).await
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<OathToken>) -> Hook<'t> {
        Box::pin(tokens::withdraw(tx, ctx, old))
    }

    fn view(_ctx: &Ctx, stored: &Stored<OathToken>) -> Map<String, Value> {
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| {
            all.insert(name.to_owned(), value);
        };
        put("id", json!(stored.id));
        put("environment", json!({ "id": stored.environment }));
        put("serialNumber", json!(stored.serial_number));
        put("type", json!(stored.kind));
        put("otpLength", json!(stored.otp_length));
        put("hashAlgorithm", json!(stored.hash_algorithm));
        if let Some(button) = stored.hotp {
            put("hotp", json!({ "counter": button.counter }));
        }
        if let Some(clock) = stored.totp {
            put("totp", json!({ "timeStep": clock.time_step, "drift": clock.used.drift }));
        }
        if let Some(device) = stored.device {
            put("devices", json!([{ "id": device.id, "user": { "id": device.user } }]));
        }
        put("createdAt", json!(stored.created_at));
        put("updatedAt", json!(stored.updated_at));
        all
    }
}
