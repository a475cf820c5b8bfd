//! Steps 1 to 9: the application that asks for approvals, its sign-on policy, the text of the message.

use reqwest::Method;
use serde_json::json;

use super::walk::{Walk, detail};

/// The text that people get.
const TEXT: &str =
    "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}";

/// The application, as far as later steps need it.
pub(crate) struct Application {
    /// Its id, which is its client id.
    pub(crate) id: String,
    /// Its secret.
    pub(crate) secret: String,
    /// The name of its sign-on policy.
    pub(crate) policy: String,
}

/// Makes it.
pub(crate) async fn make(walk: &mut Walk) -> anyhow::Result<Application> {
    let unique = walk.unique;
    let body = json!({
        "enabled": true,
        "name": format!("UseCaseMFAWebApp_{unique}"),
        "description": "OIDC application for the MFA use case",
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"],
        "redirectUris": ["https://www.example.com"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "pkceEnforcement": "OPTIONAL",
    });
    let answer =
        walk.manage(1, "Create an application", Method::POST, "applications", Some(&body), 201).await?;
    answer.expect("/type", "WEB_APP")?;
    answer.expect("/enabled", true)?;
    let id = answer.id()?;
    detail("application", &id);

    let path = format!("applications/{id}/secret");
    let answer = walk.manage(2, "Get the application secret", Method::GET, &path, None, 200).await?;
    let secret = answer.text("/secret")?.to_owned();
    detail("secret", format_args!("{} characters", secret.len()));

    grant(walk, &id).await?;
    let policy = policy(walk, &id).await?;

    let body = json!({ "locale": "en", "content": TEXT, "deliveryMethod": "SMS" });
    let path = "templates/transaction/contents";
    let answer =
        walk.manage(9, "Create a transaction SMS template", Method::POST, path, Some(&body), 201).await?;
    answer.expect("/content", TEXT)?;
    answer.expect("/deliveryMethod", "SMS")?;
    detail("text", TEXT);
    Ok(Application { id, secret, policy })
}

async fn grant(walk: &mut Walk, application: &str) -> anyhow::Result<()> {
    let answer = walk.manage(3, "Get the list of resources", Method::GET, "resources", None, 200).await?;
    let resource = answer.named("resources", "openid")?["id"].as_str().unwrap_or_default().to_owned();
    detail("openid", &resource);

    let path = format!("resources/{resource}/scopes");
    let answer = walk.manage(4, "Get all scopes", Method::GET, &path, None, 200).await?;
    let scope = answer.named("scopes", "profile")?["id"].as_str().unwrap_or_default().to_owned();
    detail("profile", &scope);

    let body = json!({ "resource": { "id": resource }, "scopes": [{ "id": scope }] });
    let path = format!("applications/{application}/grants");
    let title = "Assign a resource grant to the web application";
    walk.manage(5, title, Method::POST, &path, Some(&body), 201).await?.expect("/resource/id", resource)
}

async fn policy(walk: &mut Walk, application: &str) -> anyhow::Result<String> {
    let name = format!("MFA_TransactionApproval_{}", walk.unique);
    let body = json!({ "name": name, "default": "false", "description": "A new MFA sign-on policy." });
    let answer =
        walk.manage(6, "Create a sign-on policy", Method::POST, "signOnPolicies", Some(&body), 201).await?;
    answer.expect("/name", name.as_str())?;
    answer.expect("/default", false)?;
    let id = answer.id()?;
    detail("policy", &name);

    let body = json!({
        "priority": 5, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": { "enabled": true }, "email": { "enabled": false },
    });
    let path = format!("signOnPolicies/{id}/actions");
    let title = "Create an SMS MFA sign-on policy action";
    let answer = walk.manage(7, title, Method::POST, &path, Some(&body), 201).await?;
    answer.expect("/type", "MULTI_FACTOR_AUTHENTICATION")?;

    let body = json!({ "priority": 1, "signOnPolicy": { "id": id } });
    let path = format!("applications/{application}/signOnPolicyAssignments");
    let title = "Assign the sign-on policy to the web application";
    walk.manage(8, title, Method::POST, &path, Some(&body), 201).await?.expect("/signOnPolicy/id", id)?;
    Ok(name)
}
