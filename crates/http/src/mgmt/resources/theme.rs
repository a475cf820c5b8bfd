//! Themes, and which of them is the default.

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::population::Population;
use postern_core::entity::Stored;
use postern_core::experience::theme::Theme;
use postern_core::ids::Id;
use postern_core::permission::{Area, Permission};
use postern_core::schema::{Object, boolean, object};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::references::{constraint, hand_over_default};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::{Change, Hook, Resource};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

/// See the module.
pub struct Themes;

const DEFAULT: &str = "/v1/environments/{envID}/themes/{themeID}/default";
/// Populations that are asked for their themes.
const MOST_POPULATIONS: i64 = 10_000;
const NEEDED: &str = "An environment needs a default theme; make another one the default instead.";

impl Resource for Themes {
    type Doc = Theme;
    const PATH: &'static str = "/v1/environments/{envID}/themes";
    const ITEM: &'static str = "/v1/environments/{envID}/themes/{themeID}";
    const ID: &'static str = "themeID";
    const EMBEDDED: &'static str = "themes";
    const TITLE: &'static str = "theme";
    const GROUP: &'static str = "Themes";
    const READ: Permission = Permission::Read(Area::Branding);
    const WRITE: Permission = Permission::Write(Area::Branding);

    fn example(n: usize) -> Value {
        json!({ "template": "split", "default": false, "configuration": { "name": format!("Theme {n}"), "logoType": "NONE",
            "backgroundType": "COLOR", "backgroundColor": "#FF00F0", "bodyTextColor": "#FF6C6C", "cardColor": "#FFFF00",
            "headingTextColor": "#FF0005", "linkTextColor": "#8A7F06", "buttonColor": "#0CFFFB", "buttonTextColor": "#000001" } })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Theme>) -> Hook<'t> {
        Box::pin(async move {
            if change.new.default {
                hand_over_default::<Theme>(tx, ctx, change.new.id, |other| other.default = false).await
            } else if change.old.as_ref().is_some_and(|old| old.default) {
                Err(constraint(NEEDED))
            } else {
                Ok(())
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<Theme>) -> Hook<'t> {
        Box::pin(async move {
            if old.default {
                return Err(constraint("Cannot delete the default theme"));
            }
            let all = Select::first(Condition::Everything, MOST_POPULATIONS);
            let populations = documents::list::<Population>(tx, ctx.environment, &all).await?;
            let has = |population: &Stored<Population>| {
                population.theme.is_some_and(|theme| theme.id == old.id.uuid())
            };
            if populations.iter().any(has) {
                return Err(constraint("Cannot delete a theme that populations have"));
            }
            Ok(())
        })
    }
}

/// The routes: the plain ones, and those of the default.
#[must_use]
pub fn routes() -> Vec<Route> {
    type R = Themes;
    let mut routes = crud::routes::<R>();
    routes.extend([
        Route::new(Method::GET, DEFAULT, "Read whether a theme is the default", read_default)
            .needs(R::READ)
            .group(R::GROUP),
        Route::new(Method::PUT, DEFAULT, "Make a theme the default", set_default)
            .needs(R::WRITE)
            .body(body())
            .group(R::GROUP),
    ]);
    routes
}

fn body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![boolean("default").required()]));
    &BODY
}

async fn read_default(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let theme = crud::find::<Themes>(&mut tx, &call.ctx, &call.params).await?;
    drop(tx);
    Ok(shown(&call, &theme))
}

async fn set_default(call: Call) -> Result<Reply, Failure> {
    let wanted = body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let work = (call.params.clone(), wanted.get("default") == Some(&Value::Bool(true)));
    let theme = call
        .app
        .write(&call.ctx, work, |tx, ctx, (params, wanted)| Box::pin(choose(tx, ctx, params, *wanted)))
        .await?;
    Ok(shown(&call, &theme))
}

async fn choose(tx: &mut Tx, ctx: &Ctx, params: &[(String, String)], wanted: bool) -> Result<Stored<Theme>> {
    let mut theme = crud::find::<Themes>(tx, ctx, params).await?;
    if theme.default == wanted {
        return Ok(theme);
    }
    if !wanted {
        return Err(constraint(NEEDED));
    }
    hand_over_default::<Theme>(tx, ctx, theme.id, |other| other.default = false).await?;
    theme.body.default = true;
    documents::update(tx, &mut theme, ctx.now).await?;
    let event = Event::new("THEME.UPDATED", Subject::of(&theme)).changed(json!(["default"]));
    audit::record(tx, ctx, event).await?;
    Ok(theme)
}

fn shown(call: &Call, theme: &Stored<Theme>) -> Reply {
    let own = crud::address(&call.ctx, DEFAULT, &call.params);
    let links = Links::to(&own)
        .link("environment", &crud::environment_address(&call.ctx, theme.environment))
        .link("theme", &crud::address(&call.ctx, Themes::ITEM, &call.params));
    let members = Map::from_iter([("default".to_owned(), json!(theme.default))]);
    Reply::ok(&hal::resource(links, members))
}
