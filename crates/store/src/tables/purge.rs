//! Removes what a deleted environment held, a batch at a time, so that no transaction is long.

use postern_core::ids::EnvironmentId;

use crate::sql::{Result, Tx};

/// Every table with rows of an environment, and the column that with `env` tells its rows apart well enough.
const TABLES: &[(&str, &str)] = &[
    ("population", "id"),
    ("directory_user", "id"),
    ("schema_attribute", "id"),
    ("unique_attribute", "value_key"),
    ("user_group", "id"),
    ("group_membership", "user_id"),
    ("group_nesting", "group_id"),
    ("application", "id"),
    ("resource", "id"),
    ("scope", "id"),
    ("resource_attribute", "id"),
    ("application_attribute", "id"),
    ("application_grant", "id"),
    ("sign_on_policy", "id"),
    ("sign_on_action", "id"),
    ("sign_on_assignment", "id"),
    ("role_assignment", "id"),
    ("custom_role", "id"),
    ("device_policy", "id"),
    ("fido2_policy", "id"),
    ("fido_policy", "id"),
    ("custom_authenticator", "id"),
    ("password_policy", "id"),
    ("mfa_settings", "id"),
    ("notification_settings", "id"),
    ("email_delivery", "id"),
    ("whatsapp_delivery", "id"),
    ("phone_delivery", "id"),
    ("template_content", "id"),
    ("device", "id"),
    ("push_credentials", "id"),
    ("pairing_key", "id"),
    ("push_request", "id"),
    ("authentication_code", "id"),
    ("device_nonce", "device_id"),
    ("device_log", "device_id"),
    ("oath_job_chunk", "job_id"),
    ("oath_job", "id"),
    ("oath_token", "id"),
    ("oath_token_count", "env"),
    ("flow", "id"),
    ("device_authentication", "id"),
    ("device_unordered", "user_id"),
    ("otp_challenge", "id"),
    ("otp_failure", "device_id"),
    ("account_failure", "user_id"),
    ("sent_quota", "user_id"),
    ("password", "user_id"),
    ("recovery_code", "user_id"),
    ("application_secret", "application_id"),
    ("signing_key", "id"),
    ("key_pair", "id"),
    ("trusted_certificate", "id"),
    ("key_rotation_policy", "id"),
    ("identity_provider", "id"),
    ("identity_provider_attribute", "id"),
    ("population_provider", "population_id"),
    ("gateway", "id"),
    ("gateway_credential", "id"),
    ("application_resource", "id"),
    ("rate_limit_ip", "id"),
    ("session", "id"),
    ("authorization_code", "digest"),
    ("refresh_token", "digest"),
    ("revoked_token", "jti"),
    ("outbox", "id"),
    ("outbox_attempt", "message_id"),
    ("inbox_message", "id"),
    ("sandbox_robot", "id"),
    ("audit_event", "id"),
    ("notification_policy", "id"),
    ("branding_settings", "id"),
    ("recaptcha_configuration", "id"),
    ("image", "id"),
    ("subscription", "id"),
    ("alert_channel", "id"),
    ("theme", "id"),
    ("form", "id"),
    ("agreement", "id"),
    ("language", "id"),
    ("translations", "id"),
    ("language_status", "id"),
    ("agreement_language", "id"),
    ("agreement_revision", "id"),
    ("image_bytes", "image_id"),
    ("custom_domain", "id"),
    ("email_domain", "id"),
];

/// Marks what an environment held for removal.
pub async fn schedule(tx: &mut Tx, environment: EnvironmentId) -> Result<()> {
    let sql = "INSERT INTO environment_purge (env) VALUES ($1) ON CONFLICT (env) DO NOTHING";
    tx.execute(sql, &[environment.into()]).await.map(|_| ())
}

/// An environment that waits for its removal.
pub async fn next(tx: &mut Tx) -> Result<Option<EnvironmentId>> {
    tx.query_opt("SELECT env FROM environment_purge LIMIT 1", &[]).await?.map(|row| row.id(0)).transpose()
}

/// Removes up to `limit` rows. False when nothing is left, and the mark is gone.
pub async fn step(tx: &mut Tx, environment: EnvironmentId, limit: i64) -> Result<bool> {
    for (table, key) in TABLES {
        let sql = format!(
            "DELETE FROM {table} WHERE env = $1 AND {key} IN (SELECT {key} FROM {table} WHERE env = $1 LIMIT $2)"
        );
        if tx.execute(&sql, &[environment.into(), limit.into()]).await? > 0 {
            return Ok(true);
        }
    }
    tx.execute("DELETE FROM environment_purge WHERE env = $1", &[environment.into()]).await?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::TABLES;

    #[test]
    fn every_table_of_an_environment_is_purged() {
        let sql = include_str!("../../../../migrations/0001_init.sql");
        let above = ["organization", "environment", "environment_purge"];
        for table in sql
            .lines()
            .filter_map(|line| line.strip_prefix("CREATE TABLE "))
            .filter_map(|rest| rest.split(' ').next())
        {
            assert!(above.contains(&table) || TABLES.iter().any(|(name, _)| *name == table), "{table}");
        }
    }
}
