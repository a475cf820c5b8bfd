//! Users.

use postern_core::directory::population::Population;
use postern_core::directory::reference::Reference;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::filter::{FilterAttribute, fold};
use postern_core::ids::{Id, PopulationId};
use postern_core::permission::{self, Area, Permission};
use postern_core::schema::{Declared, boolean, object, reference};
use postern_engine::references::{must_exist, remove_owned};
use postern_engine::{Ctx, Error, Result, groups, roles, user_schema, users};
use postern_store::sql::Tx;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Paging, Resource, Verb};
use crate::mgmt::view;
use crate::web::hal::Links;

/// See the module. Creating and reading are ordinary handlers (`mgmt/users.rs`): an import carries a password,
/// and the answers embed records of other kinds.
pub struct Users;

impl Resource for Users {
    type Doc = User;
    const PATH: &'static str = "/v1/environments/{envID}/users";
    const ITEM: &'static str = "/v1/environments/{envID}/users/{userID}";
    const ID: &'static str = "userID";
    const EMBEDDED: &'static str = "users";
    const TITLE: &'static str = "user";
    const GROUP: &'static str = "Users";
    const VERBS: &'static [Verb] = &[Verb::Replace, Verb::Patch, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Users);
    const WRITE: Permission = Permission::Write(Area::Users);
    const DECIDES_ACCESS: bool = true;
    const PAGING: Option<Paging> = Some(Paging { default: 100, max: 1000 });
    const FILTERS: &'static [FilterAttribute] = users::attributes::ATTRIBUTES;

    fn example(n: usize) -> Value {
        json!({
            "email": format!("user{n}@example.com"), "username": format!("user{n}"),
            "name": { "given": "Alice", "family": "Ng" },
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<User>) -> Hook<'t> {
        Box::pin(async move {
            move_to_population(ctx, change)?;
            let population = change.new.population.id;
            if change.old.as_ref().is_none_or(|old| old.population.id != population) {
                must_exist::<Population>(tx, ctx, population, "population.id").await?;
                groups::follow_move(tx, ctx, change.new.id, population).await?;
            }
            switch_mfa(ctx, change)?;
            refuse_takeover(tx, ctx, change).await?;
            doubt_new_address(change);
            let old = change.old.as_ref().map(|old| &old.body);
            change.new.body.custom_attributes =
                user_schema::take_values(tx, ctx, change.new.id, &change.sent, old, change.patch.is_some())
                    .await?;
            Ok(())
        })
    }

    /// Names, addresses and the like say nothing about what a user may do; people change their own.
    fn decides_access(change: &Change<User>) -> bool {
        change.old.as_ref().is_none_or(|old| {
            (old.enabled, &old.account, &old.population)
                != (change.new.enabled, &change.new.account, &change.new.population)
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<User>) -> Hook<'t> {
        Box::pin(async move {
            roles::may_control_user(tx, ctx, old.id).await?;
            remove_owned::<RoleAssignment>(tx, ctx, "actor_id", old.id.uuid()).await?;
            users::forget(tx, ctx, old.id).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<User>, own: &str, links: Links) -> Links {
        let base = format!("{}/environments/{}", ctx.urls.api, stored.environment);
        let password = format!("{own}/password");
        links
            .link("population", &format!("{base}/populations/{}", stored.population.id))
            .link("devices", &format!("{own}/devices"))
            .link("password", &password)
            .link("password.reset", &password)
            .link("password.set", &password)
            .link("password.check", &password)
            .link("password.recover", &password)
            .link("roleAssignments", &format!("{own}/roleAssignments"))
            .link("linkedAccounts", &format!("{own}/linkedAccounts"))
            .link("memberOfGroups", &format!("{own}/memberOfGroups"))
            .link("account.lock", own)
            .link("account.unlock", own)
    }

    /// Which attributes there are is for other records to say, so the values of those that were added are told apart.
    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<User>]) -> Counted<'t> {
        Box::pin(async move {
            let attributes = user_schema::added(tx, ctx).await?;
            Ok(shown.iter().map(|user| user_schema::shown(&attributes, user)).collect())
        })
    }

    fn view(ctx: &Ctx, stored: &Stored<User>) -> Map<String, Value> {
        let mut members = view::members(stored, User::schema());
        members.insert("account".to_owned(), json!(stored.account_view(ctx.now)));
        members.shift_remove("bypassMFAEnabledUntil");
        members.shift_remove("customAttributes");
        members
    }
}

/// Names and addresses lead to passwords, and MFA guards them: whoever changes those of somebody with more rights could
/// get them.
async fn refuse_takeover(tx: &mut Tx, ctx: &Ctx, change: &Change<User>) -> Result<()> {
    let what = |user: &User| (user.email.clone(), user.username.clone(), user.mfa_enabled);
    let same = |old: &Stored<User>| what(old) == what(&change.new);
    if change.old.as_ref().is_none_or(same) {
        return Ok(());
    }
    roles::may_control_user(tx, ctx, change.new.id).await
}

/// That the user reads the mail of the old address says nothing about a new one.
fn doubt_new_address(change: &mut Change<User>) {
    let moved = change.old.as_ref().is_some_and(|old| fold(&old.email) != fold(&change.new.email));
    if moved && change.new.email_verified.is_some() {
        change.new.body.email_verified = Some(false);
    }
}

/// Updates leave the population alone, since it has an address of its own. Yet it can be patched, by those who may
/// move users; people cannot move themselves.
fn move_to_population(ctx: &Ctx, change: &mut Change<User>) -> Result<()> {
    #[derive(Deserialize)]
    struct Body {
        population: Option<Reference<PopulationId>>,
    }
    let Some(patch) = &change.patch else { return Ok(()) };
    let body: Body = object(vec![reference("population")]).read(patch, None).map_err(Error::Invalid)?;
    if let Some(wanted) = body.population.filter(|wanted| *wanted != change.new.population) {
        ctx.demand(Permission::Write(Area::Users), permission::Verb::Administer, Some(change.new.id))?;
        change.new.body.population = wanted;
    }
    Ok(())
}

/// Updates leave `mfaEnabled` alone, since it has an address and a permission of its own. Yet clients in use send
/// it in a PATCH and read it back, so a PATCH that names it switches it, for callers who hold that permission.
fn switch_mfa(ctx: &Ctx, change: &mut Change<User>) -> Result<()> {
    let Some(patch) = &change.patch else { return Ok(()) };
    let checked = object(vec![boolean("mfaEnabled")]).check(patch, None).map_err(Error::Invalid)?;
    let wanted =
        checked.get("mfaEnabled").and_then(Value::as_bool).filter(|wanted| *wanted != change.new.mfa_enabled);
    if let Some(wanted) = wanted {
        ctx.demand(Permission::Write(Area::MfaEnabled), permission::Verb::Update, Some(change.new.id))?;
        change.new.body.mfa_enabled = wanted;
    }
    Ok(())
}
