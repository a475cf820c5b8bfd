//! The user of a flow as rules and conditions look at them.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::flow::{Facts, Flow, FlowUser};
use postern_core::oauth::AuthorizeRequest;
use serde_json::{Value, json};

use crate::Ctx;

/// A user with the attributes that conditions ask for.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) user: Stored<User>,
    attributes: Option<Value>,
}

impl Subject {
    /// `conditional`: whether any condition may ask.
    pub(crate) fn new(user: Stored<User>, conditional: bool) -> Self {
        let attributes = conditional.then(|| {
            let mut attributes = serde_json::to_value(&user.body).unwrap_or_default();
            if let Some(members) = attributes.as_object_mut() {
                members.insert("id".to_owned(), json!(user.id));
            }
            attributes
        });
        Self { user, attributes }
    }

    /// As the flow shows them.
    pub(crate) fn flow_user(&self) -> FlowUser {
        let name = self.user.name.clone().unwrap_or_default();
        FlowUser {
            id: self.user.id,
            username: self.user.username.clone(),
            given: name.given,
            family: name.family,
        }
    }
}

/// What conditions look at, in a flow that goes on.
pub(crate) fn facts<'a>(ctx: &Ctx, flow: &Flow, subject: Option<&'a Subject>) -> Facts<'a> {
    start_facts(ctx, &flow.request, subject)
}

/// What conditions look at, in a flow that begins. A server that speaks for the person says where the person is.
pub(crate) fn start_facts<'a>(
    ctx: &Ctx,
    request: &AuthorizeRequest,
    subject: Option<&'a Subject>,
) -> Facts<'a> {
    let remote_ip = request.remote_ip.or(ctx.origin.remote_ip);
    Facts { now: ctx.now, remote_ip, user: subject.and_then(|subject| subject.attributes.as_ref()) }
}
