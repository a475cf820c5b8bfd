//! Which field a violated unique index is about.

use postern_core::problem::Problem;

/// The problem for a unique index that another record holds; `None` for an index that no input can violate.
#[must_use]
pub(crate) fn problem(index: &str) -> Option<Problem> {
    let target = match index {
        "directory_user_username" => "username",
        "application_grant_resource" => "resource.id",
        "sign_on_assignment_policy" => "signOnPolicy.id",
        "sign_on_action_priority" | "sign_on_assignment_priority" => "priority",
        "role_assignment_scope" => "role.id",
        "template_content_choice" | "language_locale" | "agreement_language_locale" => "locale",
        "custom_domain_domain" | "email_domain_domain" => "domainName",
        "language_status_service" => "service",
        "agreement_revision_effective" => "effectiveAt",
        "device_address" => "phone",
        "device_credential" => "attestation",
        "custom_authenticator_identifier" => "aaguid",
        "application_bundle" => "mobile.bundleId",
        "application_package" => "mobile.packageName",
        "application_huawei_app" => "mobile.huaweiAppId",
        "application_huawei_package" => "mobile.huaweiPackageName",
        "application_entity" => "spEntityId",
        "rate_limit_ip_value" => "value",
        "push_credentials_type" => "type",
        "oath_token_serial" => "serialNumber",
        name if name.ends_with("_name") => "name",
        _ => return None,
    };
    Some(Problem::not_unique(target))
}
