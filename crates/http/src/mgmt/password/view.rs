//! How the state of a password is shown (platform contract 2.6).

use postern_engine::Ctx;
use postern_engine::passwords::{State, StateView};
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};

/// The state. `warnings` names rules that a new password was allowed to break.
pub(super) fn render(ctx: &Ctx, view: &StateView, warnings: &[&'static str]) -> Value {
    let environment = format!("{}/environments/{}", ctx.urls.api, ctx.environment);
    let user = format!("{environment}/users/{}", view.holder.user.id);
    let own = format!("{user}/password");
    let policy = view.holder.policy.id;
    let mut links = Links::to(&own)
        .link("environment", &environment)
        .link("user", &user)
        .link("passwordPolicy", &format!("{environment}/passwordPolicies/{policy}"));
    if view.state != State::External {
        for action in ["password.check", "password.reset", "password.set", "password.recover"] {
            links = links.link(action, &own);
        }
    }
    let mut members = Map::new();
    members.insert("environment".to_owned(), json!({ "id": ctx.environment }));
    members.insert("user".to_owned(), json!({ "id": view.holder.user.id }));
    members.insert("passwordPolicy".to_owned(), json!({ "id": policy }));
    members.insert("status".to_owned(), json!(view.state.name()));
    if let Some(row) = &view.holder.row {
        members.insert("lastChangedAt".to_owned(), json!(row.changed_at));
    }
    if let Some(seconds) = view.state.seconds_until_unlock(ctx.now) {
        members.insert("secondsUntilUnlock".to_owned(), json!(seconds));
    }
    if !warnings.is_empty() {
        members.insert("warnings".to_owned(), json!(warnings));
    }
    hal::resource(links, members)
}
