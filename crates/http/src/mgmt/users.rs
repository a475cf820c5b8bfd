//! What users have beyond a plain resource: create and import, what is embedded when they are read, and the
//! properties with addresses of their own.

mod identity;
mod reading;

use http::Method;
use postern_core::directory::user::{self, User};
use postern_core::ids::{PopulationId, UserId};
use postern_core::password::PasswordHash;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::problem::Problem;
use postern_core::schema::{Declared, Object, boolean, object, uuid};
use postern_engine::{Error, Result, users};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

use super::resource::Resource;
use super::resources::user::Users;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Media, Reply, Route, hashing};

const ENABLED: &str = "/v1/environments/{envID}/users/{userID}/enabled";
const MFA_ENABLED: &str = "/v1/environments/{envID}/users/{userID}/mfaEnabled";
const POPULATION: &str = "/v1/environments/{envID}/users/{userID}/population";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(Method::GET, Users::PATH, "Read all users", reading::list).needs(Users::READ);
    let read = Route::new(Method::GET, Users::ITEM, "Read one user", reading::read).needs(Users::READ);
    let create =
        Route::new(Method::POST, Users::PATH, "Create user", create).needs(Users::WRITE).body(User::schema());
    let import = Route::new(Method::POST, Users::PATH, "Import user", import)
        .needs(Users::WRITE)
        .media(Media::Action("user.import"))
        .status(201)
        .body(user::import_schema());
    let property = |path, title: [&'static str; 2], (area, verb), body, read: Reader, write: Writer| {
        [
            Route::new(Method::GET, path, title[0], move |call| read_property(call, read))
                .needs(Permission::Read(area)),
            Route::new(Method::PUT, path, title[1], write)
                .needs(Permission::Write(area))
                .verb(verb)
                .body(body),
        ]
    };
    let mut routes = vec![list, create, import, read];
    routes.extend(property(
        ENABLED,
        ["Read user enabled", "Update user enabled"],
        (Area::Users, Verb::Administer),
        enabled_body(),
        show_enabled,
        |call| Box::pin(set_flag(call, enabled_body(), "enabled", users::set_enabled)),
    ));
    let title = ["Read user MFA enabled", "Update user MFA enabled"];
    let own = (Area::MfaEnabled, Verb::Update);
    routes.extend(property(MFA_ENABLED, title, own, mfa_body(), show_mfa_enabled, |call| {
        Box::pin(set_flag(call, mfa_body(), "mfaEnabled", users::set_mfa_enabled))
    }));
    let title = ["Read user population", "Update user population"];
    let moving = (Area::Users, Verb::Administer);
    routes.extend(property(POPULATION, title, moving, population_body(), show_population, |call| {
        Box::pin(move_user(call))
    }));
    routes.extend(identity::routes());
    routes.into_iter().map(|route| route.group(Users::GROUP)).collect()
}

type Stored = postern_core::entity::Stored<User>;
type Reader = fn(&Stored) -> (&'static str, Value);
type Writer = fn(Call) -> crate::web::route::Answer;

fn enabled_body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![boolean("enabled").required()]));
    &BODY
}

fn mfa_body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![boolean("mfaEnabled").required()]));
    &BODY
}

fn population_body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![uuid("id").required()]));
    &BODY
}

fn show_enabled(user: &Stored) -> (&'static str, Value) {
    ("enabled", json!(user.enabled))
}

fn show_mfa_enabled(user: &Stored) -> (&'static str, Value) {
    ("mfaEnabled", json!(user.mfa_enabled))
}

fn show_population(user: &Stored) -> (&'static str, Value) {
    ("population", json!(user.population.id))
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let body = call.object()?;
    let stored =
        call.app.write(&call.ctx, body, |tx, ctx, body| Box::pin(users::create(tx, ctx, body))).await?;
    Ok(Reply::created(&shown(&call, &stored).await?))
}

async fn import(call: Call) -> Result<Reply, Failure> {
    let body = call.object()?;
    let hash = match body.pointer("/password/value").and_then(Value::as_str) {
        Some(value) => Some(hash(&call, value.to_owned()).await?),
        None => None,
    };
    let work = (body, hash);
    let stored = call
        .app
        .write(&call.ctx, work, |tx, ctx, (body, hash)| Box::pin(users::import(tx, ctx, body, hash.as_ref())))
        .await?;
    Ok(Reply::created(&shown(&call, &stored).await?))
}

/// A user as HAL, after a write.
pub(super) async fn shown(call: &Call, user: &Stored) -> Result<Value> {
    super::crud::count_and_show::<Users>(&mut call.app.read().await?, call, user).await
}

/// Takes an encoded password as it is and hashes a clear one, outside any transaction.
async fn hash(call: &Call, value: String) -> Result<PasswordHash, Failure> {
    let recognised = PasswordHash::recognise(&value)
        .map_err(|error| Problem::invalid("password.value", error.to_string()))?;
    if let Some(hash) = recognised {
        return Ok(hash);
    }
    let random = call.ctx.random.clone();
    Ok(hashing::run(&call.app, move || PasswordHash::new(&value, &random)).await?)
}

async fn read_property(call: Call, show: Reader) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let mut tx = call.app.read().await?;
    let user = users::get(&mut tx, &call.ctx, id).await?;
    drop(tx);
    Ok(property(&call, show(&user)))
}

type SetFlag = for<'t> fn(
    &'t mut postern_store::sql::Tx,
    &'t postern_engine::Ctx,
    &'t (UserId, bool),
) -> futures_util::future::BoxFuture<'t, Result<Stored>>;

async fn set_flag(
    call: Call,
    body: &'static Object,
    name: &'static str,
    set: SetFlag,
) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let checked = body.check(&call.object()?, None).map_err(Error::Invalid)?;
    let flag = checked.get(name).and_then(Value::as_bool).unwrap_or_default();
    call.app.write(&call.ctx, (id, flag), set).await?;
    Ok(property(&call, (name, json!(flag))))
}

async fn move_user(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let checked = population_body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let to: PopulationId = checked
        .get("id")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Problem::invalid("id", "is not an id"))?;
    let moved = call
        .app
        .write(&call.ctx, (id, to), |tx, ctx, (id, to)| Box::pin(users::relocate(tx, ctx, *id, *to)))
        .await?;
    Ok(property(&call, show_population(&moved)))
}

/// A property with links to itself and its user. The population is shown as a reference.
fn property(call: &Call, (name, value): (&'static str, Value)) -> Reply {
    let user = super::crud::address(&call.ctx, Users::ITEM, &call.params);
    let links = Links::to(&format!("{user}/{name}")).link("user", &user);
    let member = if name == "population" { "id" } else { name };
    Reply::ok(&hal::resource(links, Map::from_iter([(member.to_owned(), value)])))
}
