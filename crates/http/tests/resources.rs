//! Every plain resource, by one story: create from its example, read, list, replace, delete, not found, wrong tenant.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use std::collections::BTreeMap;

use postern_core::schema::Declared as _;
use postern_http::mgmt::resource::{Resource, Verb};
use postern_http::mgmt::resources::{
    agreement::Agreements, agreement_language::AgreementLanguages, agreement_revision::AgreementRevisions,
    custom_domain::CustomDomains, email_domain::EmailDomains, form::Forms, language::Languages,
    language_status::LanguageStatuses, notification_policy::NotificationPolicies,
    subscription::Subscriptions, theme::Themes,
};
use postern_http::mgmt::resources::{
    application::Applications, application_attribute::ApplicationAttributes, custom_role::CustomRoles,
    device_policy::DevicePolicies, fido_policy::FidoPolicies, fido2_policy::Fido2Policies, grant::Grants,
    group::Groups, group_role_assignment::GroupRoleAssignments, password_policy::PasswordPolicies,
    population::Populations, push_credentials::ApplicationPushCredentials, resource::Resources,
    resource_attribute::ResourceAttributes, role_assignment::ApplicationRoleAssignments,
    schema_attribute::SchemaAttributes, scope::Scopes, sign_on_action::SignOnActions,
    sign_on_assignment::SignOnAssignments, sign_on_policy::SignOnPolicies,
    user_role_assignment::UserRoleAssignments,
};
use postern_http::mgmt::resources::{
    application_resource::ApplicationResources,
    gateway::{GatewayRoleAssignments, Gateways},
    identity_provider::{IdentityProviderAttributes, IdentityProviders},
    key_pair::Keys,
    key_rotation_policy::KeyRotationPolicies,
    rate_limit_ip::RateLimitIps,
};
use postern_testkit::{Client, TestApp};
use serde_json::Value;

/// Ids that paths and examples name.
type Names = BTreeMap<&'static str, String>;

const SOMEBODY: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

fn fill(template: &str, names: &Names) -> String {
    names.iter().fold(template.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

fn example<R: Resource>(n: usize, names: &Names) -> Value {
    let text = R::example(n).to_string();
    let filled =
        names.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value));
    serde_json::from_str(&filled).unwrap()
}

async fn create<R: Resource>(admin: &Client, names: &Names, n: usize) -> String {
    let body = admin.post(&fill(R::PATH, names), example::<R>(n, names)).await.expect(201);
    body["id"].as_str().unwrap().to_owned()
}

async fn story<R: Resource>(app: &TestApp, admin: &Client, names: &Names) {
    let collection = fill(R::PATH, names);
    let item = |id: &str| fill(R::ITEM, names).replace(&format!("{{{}}}", R::ID), id);
    let before = admin.get(&collection).await.expect(200)["size"].as_i64().unwrap();

    let answer = admin.post(&collection, example::<R>(1, names)).await;
    let location = answer.header("location").map(str::to_owned);
    let created = answer.expect(201);
    let id = created["id"].as_str().unwrap().to_owned();
    assert!(location.unwrap().ends_with(&item(&id)), "{}", R::TITLE);
    assert_eq!(created["environment"]["id"], app.environment().to_string());
    for (member, value) in example::<R>(1, names).as_object().unwrap() {
        let secret = R::Doc::schema().field(member).is_some_and(|field| field.secret);
        if !value.is_object() && !value.is_array() && member != "default" && !secret {
            assert_eq!(&created[member], value, "{} echoes {member}", R::TITLE);
        }
    }
    assert_eq!(admin.get(&item(&id)).await.expect(200), created, "{} reads back", R::TITLE);
    let listed = admin.get(&collection).await.expect(200);
    assert_eq!(listed["size"].as_i64().unwrap(), before + 1);
    let items = listed["_embedded"][R::EMBEDDED].as_array().unwrap();
    assert!(items.contains(&created), "{} is listed as it is read", R::TITLE);

    if R::VERBS.contains(&Verb::Replace) {
        // What was answered can be sent back whole: read-only members do no harm.
        let replaced = admin.put(&item(&id), created.clone()).await.expect(200);
        assert_eq!(replaced["createdAt"], created["createdAt"], "{}", R::TITLE);
        let nothing = admin.put(&item(&id), Value::Object(serde_json::Map::new())).await;
        assert_eq!(nothing.status, 400, "{} needs something: {}", R::TITLE, nothing.text);
        admin.put(&item(SOMEBODY), created.clone()).await.expect(404);
    }
    let other = Names::from([("envID", SOMEBODY.to_owned())]);
    let mut elsewhere = names.clone();
    elsewhere.extend(other);
    admin.get(&fill(R::PATH, &elsewhere)).await.expect(404);
    admin.get(&item(SOMEBODY)).await.expect(404);
    admin.delete(&item(SOMEBODY)).await.expect(404);
    admin.delete(&item(&id)).await.expect(204);
    admin.get(&item(&id)).await.expect(404);
    assert_eq!(admin.get(&collection).await.expect(200)["size"].as_i64().unwrap(), before);
}

async fn of_another_tenant<R: Resource>(admin: &Client, names: &Names, id: &str, tenant: &str) {
    let mut elsewhere = names.clone();
    elsewhere.insert("envID", tenant.to_owned());
    let path = fill(R::ITEM, &elsewhere).replace(&format!("{{{}}}", R::ID), id);
    admin.get(&path).await.expect(404);
    admin.delete(&path).await.expect(404);
}

fn id_of(list: &Value, key: &str, name: &str) -> String {
    let items = list["_embedded"][key].as_array().unwrap();
    items.iter().find(|item| item["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_plain_resource_is_created_read_listed_replaced_and_deleted() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let mut names = Names::from([
            ("envID", app.environment().to_string()),
            ("environment", app.environment().to_string()),
        ]);
        story::<Populations>(&app, &admin, &names).await;
        story::<Groups>(&app, &admin, &names).await;
        story::<CustomRoles>(&app, &admin, &names).await;
        names.insert("groupID", create::<Groups>(&admin, &names, 10).await);
        names.insert("userID", app.user(&admin, "holder", None).await);
        let schemas = admin.get(&app.path("/schemas")).await.expect(200);
        names.insert("schemaID", id_of(&schemas, "schemas", "User"));
        story::<GroupRoleAssignments>(&app, &admin, &names).await;
        story::<UserRoleAssignments>(&app, &admin, &names).await;
        story::<SchemaAttributes>(&app, &admin, &names).await;
        story::<Applications>(&app, &admin, &names).await;
        story::<Resources>(&app, &admin, &names).await;
        story::<PasswordPolicies>(&app, &admin, &names).await;
        story::<DevicePolicies>(&app, &admin, &names).await;
        story::<Fido2Policies>(&app, &admin, &names).await;
        story::<FidoPolicies>(&app, &admin, &names).await;
        story::<SignOnPolicies>(&app, &admin, &names).await;
        story::<NotificationPolicies>(&app, &admin, &names).await;
        story::<Themes>(&app, &admin, &names).await;
        story::<Languages>(&app, &admin, &names).await;
        story::<Agreements>(&app, &admin, &names).await;
        story::<Subscriptions>(&app, &admin, &names).await;
        story::<Forms>(&app, &admin, &names).await;
        story::<CustomDomains>(&app, &admin, &names).await;
        story::<EmailDomains>(&app, &admin, &names).await;
        story::<Keys>(&app, &admin, &names).await;
        story::<KeyRotationPolicies>(&app, &admin, &names).await;
        story::<IdentityProviders>(&app, &admin, &names).await;
        story::<Gateways>(&app, &admin, &names).await;
        story::<RateLimitIps>(&app, &admin, &names).await;
        names.insert("providerID", create::<IdentityProviders>(&admin, &names, 10).await);
        names.insert("gatewayID", create::<Gateways>(&admin, &names, 10).await);
        story::<IdentityProviderAttributes>(&app, &admin, &names).await;
        story::<GatewayRoleAssignments>(&app, &admin, &names).await;
        names.insert("languageID", create::<Languages>(&admin, &names, 10).await);
        story::<LanguageStatuses>(&app, &admin, &names).await;
        names.remove("languageID");
        names.insert("agreementID", create::<Agreements>(&admin, &names, 10).await);
        story::<AgreementLanguages>(&app, &admin, &names).await;
        names.insert("languageID", create::<AgreementLanguages>(&admin, &names, 10).await);
        story::<AgreementRevisions>(&app, &admin, &names).await;

        names.insert("applicationID", create::<Applications>(&admin, &names, 10).await);
        names.insert("resourceID", create::<Resources>(&admin, &names, 10).await);
        names.insert("policyID", create::<SignOnPolicies>(&admin, &names, 10).await);
        names.insert("signOnPolicy", names["policyID"].clone());
        let openid = id_of(&admin.get(&app.path("/resources")).await.expect(200), "resources", "openid");
        let scopes = admin.get(&app.path(&format!("/resources/{openid}/scopes"))).await.expect(200);
        names.insert("profile", id_of(&scopes, "scopes", "profile"));
        names.insert("openid", openid);
        story::<Scopes>(&app, &admin, &names).await;
        story::<ResourceAttributes>(&app, &admin, &names).await;
        story::<ApplicationResources>(&app, &admin, &names).await;
        story::<SignOnActions>(&app, &admin, &names).await;
        create::<SignOnActions>(&admin, &names, 10).await;
        story::<ApplicationAttributes>(&app, &admin, &names).await;
        story::<Grants>(&app, &admin, &names).await;
        story::<SignOnAssignments>(&app, &admin, &names).await;
        let native = serde_json::json!({"name": "Native", "enabled": true, "type": "NATIVE_APP", "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"], "redirectUris": ["com.acme://cb"],
            "tokenEndpointAuthMethod": "NONE"});
        let native = admin.post(&app.path("/applications"), native).await.expect(201);
        names.insert("applicationID", native["id"].as_str().unwrap().to_owned());
        story::<ApplicationPushCredentials>(&app, &admin, &names).await;
        let worker = serde_json::json!({"name": "Worker", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
            "grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
        let worker = admin.post(&app.path("/applications"), worker).await.expect(201);
        names.insert("applicationID", worker["id"].as_str().unwrap().to_owned());
        story::<ApplicationRoleAssignments>(&app, &admin, &names).await;
    })
    .await;
}

#[tokio::test]
async fn what_one_tenant_has_another_does_not_see() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let other = serde_json::json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let other =
            admin.post("/v1/environments", other).await.expect(201)["id"].as_str().unwrap().to_owned();
        let names = Names::from([("envID", app.environment().to_string())]);
        let population = create::<Populations>(&admin, &names, 1).await;
        let application = create::<Applications>(&admin, &names, 1).await;
        let policy = create::<DevicePolicies>(&admin, &names, 1).await;
        let admin = app.admin().await;
        of_another_tenant::<Populations>(&admin, &names, &population, &other).await;
        of_another_tenant::<Applications>(&admin, &names, &application, &other).await;
        of_another_tenant::<DevicePolicies>(&admin, &names, &policy, &other).await;
    })
    .await;
}
