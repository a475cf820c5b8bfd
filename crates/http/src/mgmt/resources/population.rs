//! Populations.

use postern_core::directory::group::Group;
use postern_core::directory::population::Population;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::experience::theme::Theme;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::ids::{Id, ThemeId};
use postern_core::password::policy::PasswordPolicy;
use postern_core::permission::{Area, Permission};
use postern_engine::references::{
    constraint, default_of, hand_over_default, must_exist, refuse_while_used, remove_owned,
};
use postern_engine::{Ctx, Error, languages};
use postern_store::documents::{self, Condition};
use postern_store::sql::Tx;
use postern_store::tables::population_provider;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Paging, Resource};
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
            let changed = change.old.as_ref().is_none_or(|old| old.theme != change.new.theme);
            if let Some(theme) = change.new.theme.filter(|_| changed) {
                must_exist::<Theme>(tx, ctx, ThemeId::from_uuid(theme.id), "theme.id").await?;
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
            refuse_while_used::<Group>(
                tx,
                ctx,
                "population_id",
                old.id,
                "Cannot delete a population that has groups",
            )
            .await?;
            refuse_while_used::<User>(
                tx,
                ctx,
                "population_id",
                old.id,
                "Cannot delete a population that has users",
            )
            .await?;
            remove_owned::<RoleAssignment>(tx, ctx, "scope_id", old.id.uuid()).await?;
            Ok(population_provider::clear(tx, ctx.environment, old.id).await?)
        })
    }

    /// Clients wait for a language and a theme after they made a population, whether they sent one or not.
    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<Population>]) -> Counted<'t> {
        Box::pin(async move {
            let theme = default_of::<Theme>(tx, ctx).await?.map(|theme| theme.id);
            let language = languages::default_locale(tx, ctx).await?;
            let mut counted = Vec::with_capacity(shown.len());
            for population in shown {
                let users = Condition::equals("population_id", population.id);
                let count = documents::count::<User>(tx, ctx.environment, &users, MOST_COUNTED + 1).await?;
                let count = (count <= MOST_COUNTED).then(|| ("userCount".to_owned(), json!(count)));
                let mut members: Map<String, Value> = count.into_iter().collect();
                if let Some(theme) = theme.filter(|_| population.theme.is_none()) {
                    members.insert("theme".to_owned(), json!({ "id": theme }));
                }
                if population.preferred_language.is_none() {
                    members.insert("preferredLanguage".to_owned(), json!(language));
                }
                counted.push(members);
            }
            Ok(counted)
        })
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
