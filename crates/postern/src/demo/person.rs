//! Steps 10 to 15: a person with a password and a telephone.

use reqwest::Method;
use serde_json::{Value, json};

use super::application::Application;
use super::walk::{Walk, detail};

/// The person's number, as the workflow spells it.
const PHONE: &str = "+1.5125550134";

/// The person, as far as later steps need it.
pub(crate) struct Person {
    /// The user's id.
    pub(crate) id: String,
    /// The device's id.
    pub(crate) device: String,
    /// Where messages arrive.
    pub(crate) phone: &'static str,
}

/// Makes the person.
pub(crate) async fn make(walk: &mut Walk, application: &Application) -> anyhow::Result<Person> {
    let unique = walk.unique;
    let body = json!({ "name": format!("MFA_Pop_{unique}"), "description": "MFA population" });
    let answer =
        walk.manage(10, "Create a population", Method::POST, "populations", Some(&body), 201).await?;
    let population = answer.id()?;
    detail("population", &population);

    let username = format!("MFAUser_{unique}");
    let body = json!({
        "email": "alice@example.com",
        "name": { "given": "Alice", "family": "Ng" },
        "population": { "id": population },
        "username": username,
    });
    let answer = walk.manage(11, "Create a user", Method::POST, "users", Some(&body), 201).await?;
    answer.expect("/username", username.as_str())?;
    answer.expect("/population/id", population)?;
    let user = answer.id()?;
    detail("user", format_args!("{username} ({user})"));

    let body = json!({ "value": "Correct-horse-battery-9", "forceChange": false });
    let path = format!("users/{user}/password");
    let media = "application/vnd.pingidentity.password.set+json";
    let answer =
        walk.manage_as(12, "Set the user's password", Method::PUT, &path, Some(&body), media, 200).await?;
    answer.expect("/status", "OK")?;

    let body = json!({ "mfaEnabled": true });
    let path = format!("users/{user}/mfaEnabled");
    let answer = walk.manage(13, "Enable MFA for the user", Method::PUT, &path, Some(&body), 200).await?;
    answer.expect("/mfaEnabled", true)?;

    let body = device_policy(unique, &application.id);
    let title = "Create the device authentication policy";
    let answer =
        walk.manage(14, title, Method::POST, "deviceAuthenticationPolicies", Some(&body), 201).await?;
    answer.expect("/sms/enabled", true)?;
    answer.expect("/voice/enabled", false)?;
    let policy = answer.id()?;
    detail("policy", &policy);

    let body = json!({ "type": "SMS", "phone": PHONE, "policy": { "id": policy } });
    let path = format!("users/{user}/devices");
    let answer = walk.manage(15, "Set the user's device", Method::POST, &path, Some(&body), 201).await?;
    answer.expect("/type", "SMS")?;
    answer.expect("/status", "ACTIVE")?;
    let device = answer.id()?;
    detail("device", format_args!("SMS {} ({device})", answer.text("/phone")?));
    Ok(Person { id: user, device, phone: PHONE })
}

fn device_policy(unique: i64, application: &str) -> Value {
    let passcode = json!({
        "failure": { "count": 3, "coolDown": { "duration": 0, "timeUnit": "MINUTES" } },
        "lifeTime": { "duration": 30, "timeUnit": "MINUTES" },
    });
    let failure = json!({ "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } });
    json!({
        "name": format!("useCaseDeviceAuthPolicy__{unique}"),
        "sms": { "enabled": true, "otp": passcode },
        "email": { "enabled": true, "otp": passcode },
        "mobile": {
            "enabled": true,
            "otp": { "failure": failure, "window": { "stepSize": { "duration": 30, "timeUnit": "SECONDS" } } },
            "applications": [{
                "id": application,
                "push": { "enabled": false },
                "otp": { "enabled": true },
                "deviceAuthorization": { "enabled": true, "extraVerification": "permissive" },
                "autoEnrollment": { "enabled": true },
                "integrityDetection": "permissive",
            }],
        },
        "totp": { "enabled": true, "otp": { "failure": failure } },
        "voice": { "enabled": false, "otp": passcode },
        "securityKey": { "enabled": true },
        "platform": { "enabled": true },
        "forSignOnPolicy": false,
        "default": false,
    })
}
