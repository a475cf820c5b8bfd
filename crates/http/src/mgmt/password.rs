//! The password of a user: `/v1/environments/{envID}/users/{userID}/password` (platform contract 2.6).
//!
//! The media type chooses the operation; plain JSON is a set, or a change when
//! it carries the current password. People change their own password only with
//! the current one, whatever the media type.

mod body;
mod view;

use http::Method;
use postern_core::ids::UserId;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_engine::passwords::{self, Origin};
use postern_engine::{Error, Result};

use super::crud;
use super::resource::Resource;
use super::resources::password_policy::PasswordPolicies;
use crate::web::{Call, Failure, Media, Reply, Route, hal, hashing};

const PATH: &str = "/v1/environments/{envID}/users/{userID}/password";
const READ: Permission = Permission::Read(Area::UserPasswords);
const WRITE: Permission = Permission::Write(Area::UserPasswords);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let put = |title, media| Route::new(Method::PUT, PATH, title, change).media(media).needs(WRITE);
    let routes = vec![
        Route::new(Method::GET, PATH, "Read password state", read).needs(READ),
        put("Set password", Media::Action("password.set")).verb(Verb::Administer).body(body::set()),
        put("Reset password", Media::Action("password.reset")).body(body::reset()),
        put("Update password", Media::Json).body(body::either()),
        Route::new(Method::POST, PATH, "Check password", check)
            .media(Media::Action("password.check"))
            .verb(Verb::Check)
            .needs(READ)
            .body(body::check()),
        Route::new(Method::POST, PATH, "Force password change", force_change)
            .media(Media::Action("password.forceChange"))
            .verb(Verb::Administer)
            .needs(WRITE),
        Route::new(Method::POST, PATH, "Unlock password", unlock)
            .media(Media::Action("password.unlock"))
            .verb(Verb::Administer)
            .needs(WRITE),
        Route::new(Method::POST, PATH, "Send recovery code", send_code)
            .media(Media::Action("password.sendRecoveryCode"))
            .needs(WRITE),
        Route::new(Method::POST, PATH, "Recover password", recover)
            .media(Media::Action("password.recover"))
            .needs(WRITE)
            .body(body::recover()),
    ];
    routes.into_iter().map(|route| route.group("User passwords")).collect()
}

/// Reads the state; `expand=passwordPolicy` embeds the policy, for people about their own password too.
async fn read(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let expanded = call.query().lists("expand", "passwordPolicy");
    if expanded && !call.ctx.caller.is_self(user) {
        call.ctx.demand(PasswordPolicies::READ, Verb::Read, None)?;
    }
    let mut tx = call.app.read().await?;
    let view = passwords::state(&mut tx, &call.ctx, user).await?;
    let mut shown = view::render(&call.ctx, &view, &[]);
    if expanded {
        let policy = crud::count_and_show::<PasswordPolicies>(&mut tx, &call, &view.holder.policy).await?;
        hal::embed(&mut shown, "passwordPolicy", policy);
    }
    drop(tx);
    Ok(Reply::ok(&shown))
}

/// Sets, resets or changes, by what the body says.
async fn change(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let own = call.ctx.caller.is_self(user);
    let wanted = body::read_change(&call.object()?, own)?;
    let current = match wanted.current {
        Some(current) => {
            compare(&call, user, current.clone(), "currentPassword").await?;
            Some(current)
        }
        None => None,
    };
    record(&call, user, wanted.origin, wanted.target, wanted.value, current).await
}

async fn check(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let password = body::read_check(&call.object()?)?;
    compare(&call, user, password, "password").await?;
    read(call).await
}

async fn force_change(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let view = call
        .app
        .write(&call.ctx, user, |tx, ctx, user| Box::pin(passwords::force_change(tx, ctx, *user)))
        .await?;
    Ok(Reply::ok(&view::render(&call.ctx, &view, &[])))
}

async fn unlock(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let view =
        call.app.write(&call.ctx, user, |tx, ctx, user| Box::pin(passwords::unlock(tx, ctx, *user))).await?;
    Ok(Reply::ok(&view::render(&call.ctx, &view, &[])))
}

async fn send_code(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    call.app
        .write(&call.ctx, user, |tx, ctx, user| Box::pin(passwords::send_recovery_code(tx, ctx, *user)))
        .await?;
    read(call).await
}

async fn recover(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let (code, value) = body::read_recover(&call.object()?)?;
    let mut tx = call.app.read().await?;
    passwords::state(&mut tx, &call.ctx, user).await?;
    drop(tx);
    let verdict = call
        .app
        .write(&call.ctx, (user, code), |tx, ctx, (user, code)| {
            Box::pin(passwords::check_recovery_code(tx, ctx, *user, code))
        })
        .await?;
    verdict.into_result()?;
    record(&call, user, Origin::Recovered, "newPassword", value, None).await
}

/// Compares a password outside the transaction and counts what came of it.
async fn compare(call: &Call, user: UserId, password: Secret, target: &'static str) -> Result<()> {
    let mut tx = call.app.read().await?;
    let check = passwords::prepare_check(&mut tx, &call.ctx, user).await?;
    drop(tx);
    let checked = hashing::run(&call.app, move || check.compare(&password)).await?;
    if !checked.has_password() {
        return Err(passwords::no_password());
    }
    let verdict = call
        .app
        .write(&call.ctx, (checked, target), |tx, ctx, (checked, target)| {
            let target = *target;
            Box::pin(passwords::record_check(tx, ctx, checked, move || wrong(target)))
        })
        .await?;
    verdict.into_result().map(drop)
}

fn wrong(target: &'static str) -> Error {
    Error::invalid(Problem::invalid(target, "The password is not correct."))
}

/// Checks and hashes a new password outside the transaction, then records it.
async fn record(
    call: &Call,
    user: UserId,
    origin: Origin,
    target: &'static str,
    value: Secret,
    current: Option<Secret>,
) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let change = passwords::prepare_change(&mut tx, &call.ctx, user, origin, target).await?;
    drop(tx);
    let changed = hashing::run(&call.app, move || change.make(&value, current.as_ref())).await??;
    let warnings = changed.warnings.clone();
    let view = call
        .app
        .write(&call.ctx, changed, |tx, ctx, changed| Box::pin(passwords::record_change(tx, ctx, changed)))
        .await?;
    Ok(Reply::ok(&view::render(&call.ctx, &view, &warnings)))
}
