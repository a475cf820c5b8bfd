//! How a robot is shown: what it is and what it can be told, never its secrets.

use postern_core::ids::EnvironmentId;
use postern_engine::Ctx;
use postern_http::web::hal::{self, Links};
use serde_json::{Map, Value, json};

use super::code_robot::Seed;
use super::passkey_robot::KeptPasskey;
use super::robot::Robot;
use super::shelf::Tagged;

/// The address of the robots of an environment.
pub(super) fn collection(ctx: &Ctx, environment: EnvironmentId) -> String {
    format!("{}/sandbox/environments/{environment}/robots", ctx.urls.auth)
}

/// The resource.
pub(super) fn render(ctx: &Ctx, tagged: &Tagged) -> Value {
    let own = format!("{}/{}", collection(ctx, ctx.environment), tagged.id);
    let environment = format!("{}/environments/{}", ctx.urls.api, ctx.environment);
    let links = Links::to(&own).link("environment", &environment);
    let links = tagged.robot.acts().iter().fold(links, |links, act| links.link(act, &format!("{own}/{act}")));
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(tagged.id)),
        ("environment".to_owned(), json!({ "id": ctx.environment })),
        ("type".to_owned(), json!(tagged.robot.kind())),
    ]);
    members.extend(facts(&tagged.robot));
    members.insert("createdAt".to_owned(), json!(tagged.created_at));
    hal::resource(links, members)
}

fn facts(robot: &Robot) -> Map<String, Value> {
    let facts = match robot {
        Robot::Totp(clock) => with_seed(&clock.seed, "timeStep", &json!(clock.time_step)),
        Robot::Hotp(button) => with_seed(&button.seed, "counter", &json!(button.counter)),
        Robot::Passkey(robot) => json!({
            "userVerification": robot.user_verification,
            "backupEligible": robot.backup_eligible,
            "backedUp": robot.backed_up,
            "signatureCounter": robot.counts,
            "passkeys": robot.passkeys.iter().map(passkey).collect::<Vec<_>>(),
        }),
        Robot::Phone(phone) => json!({
            "application": { "id": phone.application },
            "device": phone.device.as_ref().map(|id| json!({ "id": id })),
        }),
    };
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

fn with_seed(seed: &Seed, name: &str, value: &Value) -> Value {
    json!({ "hashAlgorithm": seed.hash_algorithm, "otpLength": seed.otp_length, name: value })
}

fn passkey(KeptPasskey { passkey, sign_count }: &KeptPasskey) -> Value {
    json!({ "credentialId": passkey.id, "rp": { "id": passkey.rp_id }, "counter": sign_count })
}
