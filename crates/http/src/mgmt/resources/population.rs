//! Populations.

use postern_core::crypto::sha256;
use postern_core::directory::population::Population;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::ids::EnvironmentId;
use postern_core::password::policy::PasswordPolicy;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::references::{constraint, hand_over_default, must_exist, refuse_while_used};
use postern_engine::{Ctx, Error};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::mgmt::resource::{Change, Counted, Hook, Paging, Resource};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module.
pub struct Populations;

/// Beyond this many users a population does not say how many it has.
const MOST_COUNTED: i64 = 100_000;

impl Resource for Populations {
    type Doc = Population;
    const PATH: &'static str = "/v1/environments/{envID}/populations";
    const ITEM: &'static str = "/v1/environments/{envID}/populations/{populationID}";
    const ID: &'static str = "populationID";
    const EMBEDDED: &'static str = "populations";
    const TITLE: &'static str = "population";
    const GROUP: &'static str = "Populations";
    const READ: Permission = Permission::Read(Area::Populations);
    const WRITE: Permission = Permission::Write(Area::Populations);
    const PAGING: Option<Paging> = Some(Paging { default: 100, max: 1000 });
    const FILTERS: &'static [FilterAttribute] = &[
        FilterAttribute {
            name: "name",
            kind: AttributeKind::TextFolded,
            operators: &[Operator::Eq, Operator::StartsWith],
            column: "name_key",
        },
        FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
    ];

    fn example(n: usize) -> Value {
        json!({ "name": format!("Population {n}"), "description": "An example" })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Population>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(policy) = change.new.password_policy {
                must_exist::<PasswordPolicy>(tx, ctx, policy.id, "passwordPolicy.id").await?;
            }
            if change.new.default {
                hand_over_default::<Population>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(
                    "An environment needs a default population; make another one the default instead.",
                ))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Population>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err::<(), Error>(constraint("Cannot delete the default population"));
            }
            refuse_while_used::<User>(
                tx,
                ctx,
                "population_id",
                old.id,
                "Cannot delete a population that has users",
            )
            .await
        })
    }

    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<Population>]) -> Counted<'t> {
        Box::pin(async move {
            let mut counted = Vec::with_capacity(shown.len());
            for population in shown {
                let users = Condition::equals("population_id", population.id);
                let count = documents::count::<User>(tx, ctx.environment, &users, MOST_COUNTED + 1).await?;
                let count = (count <= MOST_COUNTED).then(|| ("userCount".to_owned(), json!(count)));
                counted.push(count.into_iter().collect());
            }
            Ok(counted)
        })
    }

    /// Clients wait for a language and a theme after they made a population, whether they sent one or not.
    fn view(_ctx: &Ctx, stored: &Stored<Population>) -> Map<String, Value> {
        let mut members = view::members(stored, Population::schema());
        members.entry("preferredLanguage").or_insert_with(|| json!("en"));
        members.entry("theme").or_insert_with(|| json!({ "id": default_theme(stored.environment) }));
        members
    }

    fn links(ctx: &Ctx, stored: &Stored<Population>, _own: &str, links: Links) -> Links {
        match stored.password_policy {
            Some(policy) => {
                let base = &ctx.urls.api;
                links.link(
                    "passwordPolicy",
                    &format!("{base}/environments/{}/passwordPolicies/{}", stored.environment, policy.id),
                )
            }
            None => links,
        }
    }
}

/// The theme of an environment's pages, which has no record: an id that is always the same there.
fn default_theme(environment: EnvironmentId) -> Uuid {
    let digest = sha256(format!("default theme of {environment}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
