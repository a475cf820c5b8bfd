//! What every method begins with: a policy that wants it, and a person. Then its device is paired, and asked.

use reqwest::Method;
use serde_json::{Value, json};

use crate::demo::answer::Answer;
use crate::demo::step::{Door, Step};
use crate::demo::walk::{Walk, detail};

/// A person and the policy of the demo.
pub(super) struct Scene {
    /// The user's id.
    pub(super) user: String,
    /// The policy's id.
    pub(super) policy: String,
}

impl Scene {
    /// Makes both. `methods` are the members of the policy that differ from "off".
    pub(super) async fn set(walk: &mut Walk, methods: &[(&str, Value)]) -> anyhow::Result<Self> {
        let body = policy(walk.unique, methods);
        let title = "Create a device authentication policy";
        let step = Step::make(Door::Management, title, "deviceAuthenticationPolicies", &body);
        let policy = walk.go(step).await?.id()?;
        let names: Vec<&str> = methods.iter().map(|(name, _)| *name).collect();
        detail("policy", names.join(", "));

        let username = format!("alice_{}", walk.unique);
        let body = json!({
            "username": username, "email": "alice@example.com", "name": { "given": "Alice", "family": "Ng" },
        });
        let answer = walk.go(Step::make(Door::Management, "Create a user", "users", &body)).await?;
        let user = answer.id()?;
        detail("user", format_args!("{username} ({user})"));

        let body = json!({ "mfaEnabled": true });
        let path = format!("users/{user}/mfaEnabled");
        let step = Step::tell(Door::Management, "Enable MFA for the user", path, &body).method(Method::PUT);
        walk.go(step).await?.expect("/mfaEnabled", true)?;
        Ok(Self { user, policy })
    }

    /// Begins the pairing of a device, under the policy.
    pub(super) async fn offer(&self, walk: &mut Walk, body: Value) -> anyhow::Result<Answer> {
        let mut body = body;
        if let Some(members) = body.as_object_mut() {
            members.insert("status".to_owned(), json!("ACTIVATION_REQUIRED"));
            members.insert("policy".to_owned(), json!({ "id": self.policy }));
        }
        let path = format!("users/{}/devices", self.user);
        let answer = walk.go(Step::make(Door::Management, "Pair a device", path, &body)).await?;
        answer.expect("/status", "ACTIVATION_REQUIRED")?;
        detail("device", format_args!("{} ({})", answer.text("/type")?, answer.id()?));
        Ok(answer)
    }

    /// Proves a device, which is then active.
    pub(super) async fn activate(&self, walk: &mut Walk, device: &str, proof: &Value) -> anyhow::Result<()> {
        let answer = walk.go(self.activation("Activate the device", device, proof)).await?;
        answer.expect("/status", "ACTIVE")?;
        detail("device", answer.text("/status")?);
        Ok(())
    }

    /// The step that proves a device.
    pub(super) fn activation<'s>(&self, title: &'s str, device: &str, proof: &'s Value) -> Step<'s> {
        let path = format!("users/{}/devices/{device}", self.user);
        Step::act(Door::Management, title, path, "device.activate", proof)
    }

    /// Starts a device authentication, which must have this status.
    pub(super) async fn start(&self, walk: &mut Walk, status: &str) -> anyhow::Result<Answer> {
        self.start_with(walk, None, status).await
    }

    /// Starts one that is about a transfer of money, which the message tells.
    pub(super) async fn start_transfer(&self, walk: &mut Walk, status: &str) -> anyhow::Result<Answer> {
        let variables = json!({ "sum": "1,000,000", "currency": "USD", "recipient": "Charlie Parker" });
        let template = json!({ "name": "transaction", "variables": variables });
        self.start_with(walk, Some(json!({ "template": template })), status).await
    }

    async fn start_with(
        &self,
        walk: &mut Walk,
        notification: Option<Value>,
        status: &str,
    ) -> anyhow::Result<Answer> {
        let mut body = json!({ "user": { "id": self.user }, "policy": { "id": self.policy } });
        if let (Some(notification), Some(members)) = (notification, body.as_object_mut()) {
            members.insert("notification".to_owned(), notification);
        }
        let title = "Ask the person to authenticate";
        let step = Step::make(Door::Authorization, title, "deviceAuthentications", &body);
        let answer = walk.go(step).await?;
        answer.expect("/status", status)?;
        detail("status", status);
        Ok(answer)
    }
}

/// Acts on a device authentication, which must accept it.
pub(super) async fn complete(
    walk: &mut Walk,
    title: &str,
    authentication: &Answer,
    action: &str,
    body: &Value,
) -> anyhow::Result<()> {
    let path = format!("deviceAuthentications/{}", authentication.id()?);
    let answer = walk.go(Step::act(Door::Authorization, title, path, action, body)).await?;
    answer.expect("/status", "COMPLETED")?;
    detail("status", "COMPLETED");
    Ok(())
}

/// Acts on a device authentication, which must refuse it with this code.
pub(super) async fn refuse(
    walk: &mut Walk,
    title: &str,
    authentication: &Answer,
    action: &str,
    body: &Value,
    code: &str,
) -> anyhow::Result<()> {
    let path = format!("deviceAuthentications/{}", authentication.id()?);
    let step = Step::act(Door::Authorization, title, path, action, body).status(400);
    refused(&walk.go(step).await?, code)
}

/// A refusal must have this code.
pub(super) fn refused(answer: &Answer, code: &str) -> anyhow::Result<()> {
    answer.expect("/details/0/code", code)?;
    detail("refused", format_args!("{code}: {}", answer.text("/details/0/message")?));
    Ok(())
}

/// Makes a robot. Gives its path.
pub(super) async fn robot(walk: &mut Walk, title: &str, body: &Value) -> anyhow::Result<String> {
    let answer = walk.go(Step::make(Door::Sandbox, title, "robots", body)).await?;
    let id = answer.id()?;
    detail("robot", format_args!("{} ({id})", answer.text("/type")?));
    Ok(format!("robots/{id}"))
}

/// The code that a robot shows.
pub(super) async fn code(walk: &mut Walk, title: &str, robot: &str, wish: &Value) -> anyhow::Result<String> {
    let answer = walk.go(Step::tell(Door::Sandbox, title, format!("{robot}/code"), wish)).await?;
    let otp = answer.text("/otp")?.to_owned();
    detail("code", &otp);
    Ok(otp)
}

/// A code of the same length that is not this one.
pub(super) fn other(code: &str) -> String {
    let turned = |digit: char| if digit == '9' { '0' } else { char::from((digit as u8).saturating_add(1)) };
    code.chars().map(turned).collect()
}

fn policy(unique: i64, methods: &[(&str, Value)]) -> Value {
    let off = json!({ "enabled": false });
    let mut body = json!({
        "name": format!("Demo_{unique}"), "sms": off, "email": off, "voice": off, "whatsApp": off, "mobile": off,
        "totp": off, "fido2": off, "oathToken": off, "newDeviceNotification": "NONE", "default": false,
        "forSignOnPolicy": false,
    });
    if let Some(members) = body.as_object_mut() {
        members.extend(methods.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    body
}

#[cfg(test)]
mod tests {
    use super::other;

    #[test]
    fn another_code_differs_in_every_digit() {
        assert_eq!(other("019283"), "120394");
    }
}
